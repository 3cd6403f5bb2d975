#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The cells, their CI jobs, and the program that runs them.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib/lib.sh
. "$HERE/ci/lib/lib.sh"
set +e +o pipefail
# shellcheck source=ci/lib/arch.sh
. "$HERE/ci/lib/arch.sh"

# --- a cell is what its name says
named=
for cell in $(cells); do
	cell_setup "$cell"
	name=$arch
	[ "$flavour" = plain ] || name+=-$flavour
	[ "$virtio" = y ] || name+=-$virtio
	[ "$compiler" = gcc ] || name+=-$compiler
	[[ $name == "$cell" && $need =~ ^(required|tried)$ ]] || named+="$cell "
done
same 'each cell is named after its columns' '' "$named"
same 'each architecture has a plain, a debug, a VIRTIO=m and a clang cell, um-nodma a plain one; two are debug and VIRTIO=m' '' \
	"$(comm -13 <(cells | sort) <({
		for a in $(arches); do printf '%s\n' "$a" "$a"-{debug,m,clang}; done | grep -v 'um-nodma-'
		printf '%s\n' um-debug-m x86_64-debug-m
	} | sort))"
same 'clang is required on x86_64 and s390, gcc everywhere' '' "$(awk -F'\t' \
	'!/^#/ && $6 != "required" && ($5 == "gcc" || $2 ~ /^(x86_64|s390)$/) { print $1 }' "$MATRIX")"
same 'no cell is listed twice' '' "$(cells | sort | uniq -d)"
same 'VIRTIO=m makes modules of virtio and its tests' 'CONFIG_VIRTIO_KUNIT_TEST=m' \
	"$(cell_config x86_64-m | grep CONFIG_VIRTIO_KUNIT_TEST | tail -n 1)"
with_ccache() { CC='ccache gcc' "$HERE/ci/lib/arch.py" cell "$1" | sed -n "s/^CELL_CC='\\(.*\\)'/\\1/p"; }
same 'a launcher in CC serves a cross compiler' 'ccache s390x-linux-gnu-gcc' "$(with_ccache s390)"
same 'and clang' 'ccache clang-19' "$(with_ccache s390-clang)"

# --- the commands of each CI job, in a clean clone, where make only says what it would do
unset MATRIX CELL CC
git clone -q "$HERE" "$TMP/clone"
mkdir "$TMP/stub"
printf '#!/bin/sh\nexec /usr/bin/make -n "$@"\n' >"$TMP/stub/make"
chmod +x "$TMP/stub/make"
job() { (cd "$TMP/clone" && PATH=$TMP/stub:$PATH bash -e "$TMP/block" 2>&1); }
for host in github gitlab; do
	bad=
	for cell in um um-debug-m s390-clang; do
		"$HERE/ci/tests/job-commands" $host $cell >"$TMP/block"
		out=$(job) && grep -qE "^ci/cell/kunit +$cell *\$" <<<"$out" || bad+="$cell "
	done
	same "$host: the commands of a job run its cell under bash -e" '' "$bad"
done
sed -i 's/^make deps/make no-such-target/' "$TMP/block"
same 'and a command that fails ends them' 1 "$(job >/dev/null || echo 1)"

# --- ci/cell/matrix: resumes, keeps, and says what failed; the cells are played by a script
fixture
"$HERE/ci/series/tree" >/dev/null 2>&1
cp "$TMP/clone/ci/cell/kernel" "$TMP/clone/ci/cell/kernel.real"
printf '#!/bin/sh\n' >"$TMP/clone/ci/cell/kernel"
cat >"$TMP/clone/ci/cell/kunit" <<'EOT'
#!/bin/bash
. "$(dirname "$0")/../lib/lib.sh"
. "$ROOT/ci/lib/arch.sh"
cell_setup "$1"
mkdir -p "$WORK/results/$1"
[[ " ${FAILING:-} " != *" $1 "* ]] && verdict=pass || verdict=hung
printf 'verdict\t%s\npassed\t7\n' $verdict >"$WORK/results/$1/facts"
[ $verdict = pass ] || exit 9
cell_id >"$WORK/results/$1/id"
echo "$1 7 passed"
EOT
matrix() { env FAILING="$1" "$TMP/clone/ci/cell/matrix" um um-clang um-debug; }
expect 'which cell of how many, and how long' 0 'cell 1 of 3: um; how long is not known' matrix ''
expect 'by the last run' 0 'cell 3 of 3: um-debug; about [0-9]+ s left' env FORCE=1 "$TMP/clone/ci/cell/matrix" um um-clang um-debug
rm -rf "$TMP"/cache/*/work-*/results
expect 'a cell fails: the others run, and the end says which' 1 'cells failed: um$' matrix um
same 'a line a cell' 3 "$(grep -cE '^(ok|FAIL) ' "$TMP/out")"
expect 'one that passed is kept, one that failed runs again' 0 '^ok    um 7 passed$' matrix ''
same 'and only that one' 2 "$(grep -c '(kept)' "$TMP/out")"
expect 'all of them with FORCE=1' 0 '^ok    um-debug 7 passed$' env FORCE=1 "$TMP/clone/ci/cell/matrix" um um-clang um-debug
expect 'a changed tree keeps none' 0 'Matrix: 3 cells, 0 failed' \
	bash -c "echo x >>'$TREE/kernel/a.c'; '$TMP/clone/ci/cell/matrix' um um-clang um-debug"
same 'indeed none' 0 "$(grep -c '(kept)' "$TMP/out")"
git -C "$TREE" checkout -q -- .
expect 'a cell that is only tried does not fail the matrix' 0 'tried in vain: um-clang' env FORCE=1 FAILING=um-clang "$TMP/clone/ci/cell/matrix" um um-clang
expect 'an unknown cell' 2 'no such cell: vax' "$TMP/clone/ci/cell/matrix" vax
expect 'what is missing for any of them is said before the first' 3 'missing: clang-19$' \
	env PATH="$(path_without clang-19)" "$TMP/clone/ci/cell/matrix" um um-clang

# --- a build: ended for silence, not for its length; kunit.py and the compiler are played
mkdir -p "$TMP/linux/tools/testing/kunit"
cat >"$TMP/linux/tools/testing/kunit/kunit.py" <<'EOT'
#!/bin/bash
for a; do case $a in --build_dir=*) build=${a#*=} ;; --make_options=CC=*) cc=${a#*CC=} ;; esac; done
echo 'int a;' >"$build/a.c"
for i in 1 2 3 4 5; do $cc -c "$build/a.c" -o "$build/a.o" || exit; done
# (what is compiled already does not warn again)
[ -e "$build/warned" ] || echo "${WARN:-}" | tee "$build/warned"
echo >"$build/linux"
EOT
# (a launcher, as ccache is one)
cat >"$TMP/compiler" <<'EOT'
#!/bin/bash
[ "$2" = --version ] || case $PAUSE in ever) kill -STOP $$ ;; *) sleep "$PAUSE" ;; esac
exec "$@"
EOT
chmod +x "$TMP/linux/tools/testing/kunit/kunit.py" "$TMP/compiler"
rm -rf "$TREE" "$TMP/cache"
"$HERE/ci/series/tree" >/dev/null 2>&1
sed 's/STEP_SILENCE=.*)) /STEP_SILENCE=7 /' "$TMP/clone/ci/cell/kernel.real" >"$TMP/clone/ci/cell/kernel"
kernel() { env CC="$TMP/compiler gcc" PAUSE="$1" "$TMP/clone/ci/cell/kernel" um; } # SECONDS
expect 'a slow compiler is left alone, however long the build takes' 0 '' kernel 4
rm -rf "$TMP"/cache/*/work-*/build
expect 'one that stops for ever is ended' 1 'SILENT_MINUTES=30' kernel ever
same 'and nothing of it is left' '' "$(pgrep -f "$TMP/compiler")"

# --- warnings: judged again when what judges them changes, as compiled anew
export WARN='a.c:1:5: warning: odd'
reasons=$TMP/clone/ci/cell/warnings-reasons
rm -rf "$TMP"/cache/*/work-*/build
expect 'a warning fails the build' 1 'builds with warnings' kernel 0
printf 'um\twarning: odd$\tso be it\n' >>"$reasons"
expect 'unless there is a reason' 0 '' kernel 0
WARN='' expect 'and the kernel is kept' 0 '' kernel ever
sed -i '$d' "$reasons"
expect 'a reason that is gone: it is not, and the warning counts' 1 'builds with warnings' kernel 0
printf 'um\todd(\tno regular expression\n' >>"$reasons"
expect 'what is no regular expression excuses nothing' 1 'no regular expression in ci/cell/warnings-reasons' kernel 0
