#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The page of ci/report/report as a browser shows it, of results made up here: what has
# to be seen is, nothing is asked of a network, it fits a telephone and a printer.
# Each assertion has a broken page beside it that it has to catch.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
fixture
export MATRIX=$TMP/matrix.tsv RESULTS=$TMP/results KUNIT=$TMP/kunit
from_lib() { bash -c ". '$HERE/ci/lib/lib.sh'; $1"; }
# shellcheck disable=SC2016
work=$(from_lib 'echo $WORK') series=$(from_lib series_id)
mkdir -p "$RESULTS" "$KUNIT"

# --- results: cells that pass, fail, hang, do not build, are stale, were not run
printf '%s\t%s\tplain\ty\tgcc\t9\trequired\n' um um x86_64 x86_64 s390 s390 ppc64le ppc64le ppc64 ppc64 arm64 arm64 >"$MATRIX"
cell() { # CELL VERDICT SERIES [CASE-LINE...]
	local dir=$work/results/$1
	mkdir -p "$dir"
	printf '%s\n' "${@:4}" >"$dir/cases.tsv"
	printf '%s\t%s\n' cell "$1" arch "$1" verdict "$2" passed 1 failed 0 skipped 1 build_seconds 71 boot_seconds 2 \
		compiler 'gcc (Debian 12.2.0-14) 12.2.0' base 'Linux 7.3.99' series "$3" kernel_bytes 12345678 \
		qemu "$([ "$1" = um ] || echo 'QEMU emulator version 7.2.22')" inputs "${inputs:-$(from_lib ". '$HERE/ci/lib/arch.sh'; cell_setup $1; cell_inputs")}" date 2026-01-02T03:04:05Z >"$dir/facts"
	printf '    # breaks: EXPECTATION FAILED at a.c:1\n    Expected <this> & that\n' >"$dir/console.log"
}
pass=$'pass\tsuite.holds\t' skip=$'skip\tsuite.rows.deep\tno-room-in-here'
cell um pass "$series" "$pass" "$skip"
cell x86_64 fail "$series" "$pass" $'fail\tsuite.breaks\t'
cell s390 pass 0123456789abcdef "$pass" "$skip"
cell ppc64le hung "$series" "$pass"
cell ppc64 build "$series"
printf '%s\t%s\t%s\n' ring 'a <row> & more' suite.holds ring 'another row' suite.breaks dma 'deep' suite.rows.deep >"$KUNIT/decisions.tsv"
task() { # TASK VERDICT DETAIL [ID]
	printf '%s\t%s\t%s\tLinux 7.3.99\t%s\t%s\n' "$1" "$2" "${4:-$(from_lib "task_id $1")}" \
		"${tools:-$(from_lib ". '$HERE/ci/lib/arch.sh'; task_tools $1")}" "$3"
}
{
	task before-um ok '2 cases'
	tools='gcc 1.0' task repeat-um ok '20 boots'
	task coverage-um ok '9 of 10 lines'
	task mutants-um ok '2 mutants'
	task hunks-um ok '1 hunk' stale
} >"$RESULTS/v7.3.tsv"
echo mutants-um >"$RESULTS/claims"
printf 'um\tcondition inverted\tsuite.holds\tf\ta.c\num\tother removed\tNOT KILLED: run\tg\tb.c\num\tsame\tequivalent: why\tg\tb.c\n' >"$RESULTS/v7.3-mutants-um.tsv"
printf 'suite.holds\tfail\tpass\tfails before\nsuite.rows.deep\tpass\tpass\tguards unchanged behaviour\n' >"$RESULTS/v7.3-before-um.tsv"
printf 'f\ta.c\t10\t9\t4\t4\nnot run\tf\ta.c\treturn;\tout of memory\n' >"$RESULTS/v7.3-coverage-um.tsv"
printf 'kernel: name the ten\ta.c\tf()\tthe build breaks\n' >"$RESULTS/v7.3-hunks-um.tsv"

expect 'the page is made' 1 'Red: 3 cells fail, 1 other finding; 1 cell is stale.*; 1 cell was not run' "$HERE/ci/report/report" --page
page=$work/report/index.html
same 'a result of other tools is called so' 1 "$(grep -c '^<tr><th scope=row>repeat-um<td><span class=stale>of other tools<' "$page")"
same 'less than 1.5 MB, and nothing but itself' 1 $(($(stat -c %s "$page") < 1500000))
same 'each cell has its KTAP beside the page' 5 "$(find "$work/report/cells" -name console.log | wc -l)"
same 'each link to a file has its file' '' "$(grep -oE 'href="cells/[^"]*"' "$page" | sort -u | cut -d '"' -f 2 |
	while read -r f; do [ -s "$work/report/$f" ] || echo "$f"; done)"
same 'each link inside the page has its target' '' "$(comm -23 \
	<(grep -oE 'href="?#[^">]*' "$page" | sed -E 's/href="?#//' | sort -u) \
	<(grep -oE ' id="?[^" >]*' "$page" | sed -E 's/ id="?//' | sort -u))"

# --- the same page, broken in one way each
broken() { sed "$2" "$page" >"$work/report/$1.html"; }
broken wide 's,<main>,&<div style="width:900px">x</div>,'
broken missing '/<tr data-cell="um" class=cell>/d'
broken hidden 's,<li class=failing,<li hidden class=failing,'
broken fresh 's,stale\, was pass,pass,'
broken external 's,<main>,&<img alt="" src="http://report.invalid/x.png">,'
broken unopened '/details-content/d'

# Each page in a frame of 360 pixels; what a reader would see is written down.
browser() {
	timeout 120 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
		--user-data-dir="$TMP/profile" --proxy-server=127.0.0.1:9 --host-resolver-rules='MAP * ~NOTFOUND' \
		--allow-file-access-from-files "$@" 2>>"$TMP/browser.log"
}
look() { # NAME PAGE...: to NAME.txt, with the requests of the pages in NAME.net
	local p name=$1 harness=$work/report/harness-$1.html
	shift
	{
		cat <<'EOT'
<!doctype html><meta charset=utf-8><pre id=seen></pre><script>
function look(frame) {
	const d = frame.contentDocument, say = (key, value) => seen.append(frame.name + '|' + key + '|' + value + '\n')
	const text = e => e.innerText.trim().replace(/\s+/g, ' ')
	say('cells', [...d.querySelectorAll('#matrix tr.cell th')].map(text).join(' '))
	say('stale', [...d.querySelectorAll('#matrix tr.cell')].filter(r => /stale/.test(text(r.cells[1]))).map(r => text(r.cells[0])).join(' '))
	say('failing', [...d.querySelectorAll('#failures .failing')].filter(e => e.checkVisibility()).map(e =>
		e.dataset.cell + ' ' + text(e.querySelector('a')) + ' ' + d.defaultView.getComputedStyle(e.querySelector('.fail')).backgroundColor).join(';'))
	d.querySelectorAll('details').forEach(e => e.open = true)
	say('overflow', d.documentElement.scrollWidth - d.documentElement.clientWidth)
	say('width', d.documentElement.clientWidth)
}
</script>
EOT
		for p; do printf '<iframe name=%s src=%s.html width=360 height=700 style="border:0" onload="look(this)"></iframe>\n' "$p" "$p"; done
	} >"$harness"
	browser --log-net-log="$TMP/net.json" --dump-dom "file://$harness" | sed 's/.*<pre id="seen">//' >"$TMP/$name.txt"
	# (the browser asks on its own behalf as well: that is no origin)
	grep -o '"initiator":"[^"]*".*"url":"[^"]*"' "$TMP/net.json" | grep -v '"initiator":"not an origin"' |
		grep -oE '"url":"(http|https|ws|wss|ftp)://[^"]*"' | sort -u >"$TMP/$name.net"
}
value() { sed -n "s/^$1|$2|//p" "$TMP/$seen.txt"; }
print() { # PAGE: pages, and whether what was folded away is on paper
	browser --no-pdf-header-footer --print-to-pdf="$TMP/$1.pdf" "file://$work/report/$1.html"
	pdfinfo "$TMP/$1.pdf" | awk '$1 == "Pages:" { print ($2 > 0 ? "pages" : "none") }'
	[ "$(pdftotext "$TMP/$1.pdf" - | grep -c no-room-in-here)" -eq 0 ] || echo unfolded
}
# The assertions.  Names those that do not hold.
judge() { # PAGE
	local bad=()
	[ "$(value "$1" cells)" = "$(cut -f 1 "$MATRIX" | xargs)" ] || bad+=(cells)
	[ "$(value "$1" stale)" = s390 ] || bad+=(stale)
	[[ ";$(value "$1" failing)" == *';x86_64 suite.breaks rgb(179, 38, 30)'* ]] || bad+=(red)
	[ "$(value "$1" width) $(value "$1" overflow)" = '360 0' ] || bad+=(width)
	[ ! -s "$TMP/$seen.net" ] || bad+=(network)
	printf '%s' "${bad[*]}"
}
same 'there is a browser, and what reads its PDF' '' "$(for c in chromium pdfinfo pdftotext; do command -v $c >/dev/null || echo "no $c"; done)"
seen=first
look first index wide missing hidden fresh
same 'cells are those of the matrix, red is seen, stale is called so, it fits 360 pixels, asks no network' '' "$(judge index)"
same 'caught: a wide element' width "$(judge wide)"
same 'caught: a missing cell' cells "$(judge missing)"
same 'caught: a failing case that nobody sees' red "$(judge hidden)"
same 'caught: a stale result shown as a present one' stale "$(judge fresh)"
seen=second
look second external
same 'caught: an image from elsewhere' network "$(judge external)"
same 'on paper, with all that was folded' 'pages unfolded' "$(print index | xargs)"
same 'caught: folded on paper' pages "$(print unopened | xargs)"

# --- what is kept, and what the cover letter says of it
expect 'verdicts are kept' 1 'kept in ci/results: 4 cells' "$HERE/ci/report/report" --keep
same 'those of this series' 'ppc64 build ppc64le hung um pass x86_64 fail' \
	"$(grep -v '^#' "$RESULTS/v7.3-cells.tsv" | cut -f 1,2 | sort | xargs)"
expect 'the block for the cover letter' 0 '^  um +1 +1  gcc 12.2.0 +none$' "$HERE/ci/report/tested"
same 'one that fails says so, a stale one is not there, nor one that was not run' 'um x86_64 FAILS ppc64le FAILS ppc64 FAILS' \
	"$("$HERE/ci/report/tested" | sed -nE '/^  cell/,/^$/s/^  (um|x86_64|s390|ppc64le|ppc64|arm64) .*([0-9]|none)(  FAILS)?$/\1\3/p' | xargs)"
same 'so with tasks' 'before coverage mutants' "$("$HERE/ci/report/tested" | sed -nE 's/^  um: +(2 cases|9 of 10 lines|2 mutants|1 hunk)$/\1/p' |
	sed 's/2 cases/before/; s/9 of.*/coverage/; s/2 mut.*/mutants/' | sort | xargs)"
rm -r "$work/results"
expect 'kept verdicts are on the page where there is no other' 1 'Red: 3 cells fail' "$HERE/ci/report/report" --page
: >"$RESULTS/claims"
sed -i 's/^+line ten$/+line 10.0/' "$PATCHES"/*-ten.patch
same 'of other patches nothing is claimed' '' "$("$HERE/ci/report/tested" 2>/dev/null)"
expect 'and the page says so' 0 '^Not complete.* 4 cells are stale' "$HERE/ci/report/report" --page

# --- a decision broken in the tree is red before it is a patch
git init -q "$TREE" && git -C "$TREE" -c user.name=a -c user.email=a@b commit -q --allow-empty -m 'Linux 7.3.99'
clean=$(from_lib tree_series)
touch "$TREE/new.c"
same 'a new file is another tree' 1 "$([ "$clean" != "$(from_lib tree_series)" ] && echo 1)"
cell um fail "$(from_lib tree_series)" "$pass" $'fail\tsuite.breaks\t'
expect 'a cell of a tree that is not exported counts' 1 'Red: 1 cell fails, 1 other finding' "$HERE/ci/report/report" --page
same 'it says so, and names the case' 'breaks tree' \
	"$(grep -oE 'the tree is not what|suite\.(<wbr>)?breaks' "$work/report/index.html" | sed 's/the tree.*/tree/; s/.*breaks/breaks/' | sort -u | xargs)"
expect 'and is not kept' 1 '' "$HERE/ci/report/report" --keep
inputs=others cell um pass "$(from_lib tree_series)" "$pass"
"$HERE/ci/report/report" --page >/dev/null 2>&1
same 'a cell of other options, cases or tools is stale' 1 "$(grep -cx 'state	um	stale' "$work/report/facts.tsv")"
same 'not one line of it' '' "$(grep '^um.*tree' "$RESULTS/v7.3-cells.tsv")"
