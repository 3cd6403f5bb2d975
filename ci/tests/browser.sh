#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/browser.sh
#
# The page of ci/report/report as a browser shows it, with results made up for it: all
# that matters is visible, each row of a decision with its outcome, the page asks nothing of
# a network, and fits a phone (360 pixels), a screen (1280 pixels) and paper: nothing scrolls
# sideways, no word is broken.  Each assertion has a broken page that it has to catch.  The
# page of the work directory, if there is one, has to fit as well, with every row of
# kunit/decisions.tsv.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[ "${1:-}" != --help ] || { sed -n '3,/^[^#]/{/^# shellcheck/d; s/^# \{0,1\}//p}' "$0" && exit; }
[[ ${1:-} != -* ]] || { echo "Error: browser.sh: unknown option $1" >&2 && exit 2; }
for c in chromium pdfinfo pdftotext; do
	command -v $c >/dev/null || { echo "Error: $c is missing; next: make deps" >&2 && exit 3; }
done
# shellcheck disable=SC2016
real=$(bash -c '. "$0/ci/lib/lib.sh"; echo "$WORK/report/index.html"' "$HERE")
pages=$TMP/pages
mkdir "$pages"
PYTHONPATH=$HERE/ci/tests python3 -B -c 'from report_model import *; print(html(everything()), end="")' >"$pages/index.html"
cells='arm64 ppc64 ppc64le s390 um um-clang um-debug x86_64'

# --- the same page, broken in one way each
broken() { sed "$2" "$pages/index.html" >"$pages/$1.html"; }
broken wide 's,<main>,&<div style="width:1400px">x</div>,'
broken scroller 's,<main>,&<div style="width:200px;overflow-x:auto"><div style="width:300px">x</div></div>,'
broken cut 's,<main>,&<p style="width:3ch;word-break:break-all">unbreakable</p>,'
broken missing 's/ data-cell="um"//'
broken unseen 's,<tr class=decision><th scope=row>another,<tr class=decision style=display:none><th scope=row>another,'
broken blank '/^<tr class=decision><th scope=row>another/s,<span class=[a-z]*>[^<]*</span>,,g'
broken hidden 's,<li class=failing,<li hidden class=failing,'
broken fresh 's,stale: 2 passed,2 passed,'
broken external 's,<main>,&<img alt="" src="http://report.invalid/x.png">,'
broken unopened '/details-content/d'
[ ! -f "$real" ] || cp "$real" "$pages/real.html"

browser() {
	timeout 120 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
		--user-data-dir="$TMP/profile" --proxy-server=127.0.0.1:9 --host-resolver-rules='MAP * ~NOTFOUND' \
		--allow-file-access-from-files "$@" 2>>"$TMP/browser.log"
}
# look NAME PAGE...: each page in a frame of 360 pixels and one of 1280.  Writes what a
# reader sees to NAME.txt, and the requests of the pages to NAME.net.
look() {
	local p width name=$1 harness=$pages/harness-$1.html
	shift
	{
		cat <<'EOT'
<!doctype html><meta charset=utf-8><pre id=seen></pre><script>
// The words that go on in another line.  (A name may break behind what joins its words.)
function* words(d) {
	const range = d.createRange(), walk = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT)
	const lines = (node, from, to) => {
		range.setStart(node, from)
		range.setEnd(node, to)
		return new Set([...range.getClientRects()].map(r => Math.round(r.top))).size
	}
	for (let node; node = walk.nextNode();)
		if (lines(node, 0, node.length) > 1)
			for (const word of node.data.matchAll(/[\p{L}\p{N}]+/gu))
				if (lines(node, word.index, word.index + word[0].length) > 1)
					yield word[0]
}
function look(frame) {
	const d = frame.contentDocument, say = (key, value) => seen.append(frame.name + '|' + key + '|' + value + '\n')
	const text = e => e.innerText.trim().replace(/\s+/g, ' ')
	const cells = [...d.querySelectorAll('#matrix [data-cell]')].filter(e => e.checkVisibility())
	say('cells', cells.map(e => e.dataset.cell).sort().join(' '))
	say('stale', cells.filter(e => /stale/.test(text(e))).map(e => e.dataset.cell).join(' '))
	say('failing', [...d.querySelectorAll('#failures .failing')].filter(e => e.checkVisibility()).map(e =>
		e.dataset.cell + ' ' + text(e.querySelector('a')) + ' ' + d.defaultView.getComputedStyle(e.querySelector('.fail')).backgroundColor).join(';'))
	d.querySelectorAll('details').forEach(e => e.open = true)
	const rows = [...d.querySelectorAll('#decisions .decision')].filter(e => e.checkVisibility())
	say('rows', rows.length)
	say('blank', rows.filter(e => ![...e.querySelectorAll('td')].some(c => /passed|failed|skipped|stale|not run/.test(text(c)))).length)
	say('scrolls', [...d.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth &&
		/auto|scroll/.test(d.defaultView.getComputedStyle(e).overflowX)).length)
	say('words', [...words(d)].join(' '))
	say('overflow', d.documentElement.scrollWidth - d.documentElement.clientWidth)
	say('width', d.documentElement.clientWidth)
}
</script>
EOT
		for p; do
			for width in 360 1280; do
				printf '<iframe name=%s-%s src=%s.html width=%s height=700 style="border:0" onload="look(this)"></iframe>\n' \
					"$p" $width "$p" $width
			done
		done
	} >"$harness"
	browser --log-net-log="$TMP/net.json" --dump-dom "file://$harness" | sed 's/.*<pre id="seen">//' >"$TMP/$name.txt"
	# (requests of the browser itself are "not an origin")
	grep -o '"initiator":"[^"]*".*"url":"[^"]*"' "$TMP/net.json" | grep -v '"initiator":"not an origin"' |
		grep -oE '"url":"(http|https|ws|wss|ftp)://[^"]*"' | sort -u >"$TMP/$name.net"
}
value() { sed -n "s/^$1|$2|//p" "$TMP/$seen.txt"; }
widths() { # PAGE: the widths at which it does not fit
	local width
	for width in 360 1280; do
		[ "$(value "$1-$width" width) $(value "$1-$width" overflow)" = "$width 0" ] || printf 'width%s ' $width
		[ "$(value "$1-$width" scrolls)" = 0 ] || printf 'scroll%s ' $width
		[ -z "$(value "$1-$width" words)" ] || printf 'word%s ' $width
	done
}
rows() { # PAGE ROWS: the widths at which they are not all there, or one is without an outcome
	local width
	for width in 360 1280; do
		[ "$(value "$1-$width" rows) $(value "$1-$width" blank)" = "$2 0" ] || printf 'rows%s ' $width
	done
}
# The assertions.  Names those that do not hold.
judge() { # PAGE
	local bad=''
	[ "$(value "$1-360" cells)" = "$cells" ] || bad+='cells '
	[ "$(value "$1-360" stale)" = s390 ] || bad+='stale '
	[[ ";$(value "$1-360" failing)" == *';x86_64 suite.breaks rgb(179, 38, 30)'* ]] || bad+='red '
	bad+=$(widths "$1")$(rows "$1" 3)
	[ ! -s "$TMP/$seen.net" ] || bad+='network '
	printf '%s' "${bad% }"
}
print() { # PAGE: pages, and whether what was folded is on paper
	browser --no-pdf-header-footer --print-to-pdf="$TMP/$1.pdf" "file://$pages/$1.html"
	pdfinfo "$TMP/$1.pdf" | awk '$1 == "Pages:" { print ($2 > 0 ? "pages" : "none") }'
	[ "$(pdftotext "$TMP/$1.pdf" - | grep -c 'skipped: no-room-in-here')" -eq 0 ] || echo unfolded
}
seen=first
look first index wide scroller cut missing unseen blank hidden fresh
same 'shows every cell, row, red case and what is stale; fits 360 and 1280 pixels; asks nothing of a network' '' "$(judge index)"
same 'caught: a wide element' 'width360 width1280' "$(judge wide)"
same 'caught: an element that scrolls' 'scroll360 scroll1280' "$(judge scroller)"
same 'caught: a broken word' 'word360 word1280' "$(judge cut)"
same 'caught: a row of a decision that nobody sees' 'rows360 rows1280' "$(judge unseen)"
same 'caught: a row without an outcome' 'rows360 rows1280' "$(judge blank)"
same 'caught: a missing cell' cells "$(judge missing)"
same 'caught: a failing case that nobody sees' red "$(judge hidden)"
same 'caught: a stale result shown as a current one' stale "$(judge fresh)"
seen=second
look second external
same 'caught: an image from elsewhere' network "$(judge external)"
same 'on paper, with all that was folded' 'pages unfolded' "$(print index | xargs)"
same 'caught: folded on paper' pages "$(print unopened | xargs)"
if [ -f "$real" ]; then
	seen=third
	look third real
	same 'the page of the work directory has every row and fits 360 and 1280 pixels' '' \
		"$(widths real)$(rows real "$(grep -cvE '^(#|-	|$)' "${KUNIT:-$HERE/kunit}/decisions.tsv")")"
else
	skip 'the page of the work directory fits' 'make report'
fi
as_task 'visible at 360 and 1280 pixels and on paper, without a network; 10 broken pages caught'
