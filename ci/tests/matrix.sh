#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The cells, and the CI jobs that are generated from them.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib/lib.sh
. "$HERE/ci/lib/lib.sh"
set +e +o pipefail
# shellcheck source=ci/lib/arch.sh
. "$HERE/ci/lib/arch.sh"
gitlab=.gitlab/matrix.yml github=.github/workflows/matrix.yml

# --- a cell is what its name says
named=
for cell in $(cells); do
	cell_setup "$cell"
	name=$arch
	[ "$flavour" = plain ] || name+=-$flavour
	[ "$virtio" = y ] || name+=-$virtio
	[ "$compiler" = gcc ] || name+=-$compiler
	[[ $name == "$cell" && $minutes -gt 0 && $need =~ ^(required|tried)$ ]] || named+="$cell "
done
same 'each cell is named after its columns' '' "$named"
same 'each architecture is there plain, debug and with VIRTIO=m, and what else has to be' '' "$(comm -13 <(cells | sort) <({
	for a in um x86_64 s390 ppc64le ppc64 arm64; do printf '%s\n' $a $a-{debug,m,clang}; done
	printf '%s\n' um-nodma um-debug-m x86_64-debug-m
} | sort))"
same 'clang is required on x86_64 and s390, gcc everywhere' '' "$(awk -F'\t' \
	'!/^#/ && $7 != "required" && ($5 == "gcc" || $2 ~ /^(x86_64|s390)$/) { print $1 }' "$MATRIX")"
same 'and there once' '' "$(cells | sort | uniq -d)"
same 'VIRTIO=m makes modules of virtio and its tests' 'CONFIG_VIRTIO_KUNIT_TEST=m' \
	"$(cell_setup x86_64-m && cell_config | grep CONFIG_VIRTIO_KUNIT_TEST | tail -n 1)"
same 'a launcher in CC serves a cross compiler' 'ccache s390x-linux-gnu-gcc' "$(CC='ccache gcc'; cell_setup s390; echo "$CELL_CC")"
same 'and clang' 'ccache clang-19' "$(CC='ccache gcc'; cell_setup s390-clang; echo "$CELL_CC")"

# --- the generated jobs
expect 'the generated CI jobs are current' 0 'are current' "$HERE/ci/cell/matrix-generate" --check
for f in "$gitlab" "$github"; do
	same "$f has a job a cell" "$(cells)" \
		"$(sed -nE '/^(jobs|default):/,$ s/^ {0,2}([a-z0-9_-]+):$/\1/p' "$HERE/$f" | grep -vxE 'default|variables|jobs|cache|artifacts|script|reports')"
done
sed 's/^um-nodma	/um-other	/' "$MATRIX" >"$TMP/matrix.tsv"
expect 'a changed matrix makes them stale' 1 "$gitlab $github" env MATRIX="$TMP/matrix.tsv" "$HERE/ci/cell/matrix-generate" --check

# --- each block of commands, in a clean clone, where make only says what it would do
git clone -q "$HERE" "$TMP/clone"
mkdir "$TMP/stub"
printf '#!/bin/sh\nexec /usr/bin/make -n "$@"\n' >"$TMP/stub/make"
chmod +x "$TMP/stub/make"
for f in "$gitlab" "$github"; do
	bad=
	for cell in $(cells); do
		"$HERE/ci/cell/matrix-generate" --block "$HERE/$f" "$cell" >"$TMP/block"
		out=$(cd "$TMP/clone" && PATH=$TMP/stub:$PATH bash -e "$TMP/block" 2>&1) && grep -qx "ci/cell/kunit $cell *" <<<"$out" || bad+="$cell "
	done
	same "$f: each job's commands run under bash -e" '' "$bad"
	# so that jobs.sh, which runs one for real, speaks for them all
	same "$f: they differ in nothing but the cell" 1 "$(for cell in $(cells); do
		"$HERE/ci/cell/matrix-generate" --block "$HERE/$f" "$cell" | sed "s/CELL=$cell\$/CELL=/" | sha256sum
	done | sort -u | wc -l)"
done
sed -i 's/^make deps/make no-such-target/' "$TMP/block"
same 'and a command that fails ends them' 1 "$(cd "$TMP/clone" && PATH=$TMP/stub:$PATH bash -e "$TMP/block" >/dev/null 2>&1 || echo 1)"

# --- ci/cell/matrix: goes on, keeps, and says what failed; the cells are played by a script
fixture
unset CI_LOCKED CELL CC
"$HERE/ci/series/tree" >/dev/null 2>&1
cat >"$TMP/clone/ci/cell/kunit" <<'EOT'
#!/bin/bash
. "$(dirname "$0")/lib.sh"
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
expect 'a cell fails: the others run, and the end says which' 1 'cells failed: um$' matrix um
same 'a line a cell' 3 "$(grep -cE '^(ok|FAIL) ' "$TMP/out")"
expect 'one that passed is kept, one that failed runs again' 0 'ok    um 7 passed' matrix ''
same 'and only that one' 2 "$(grep -c '(kept)' "$TMP/out")"
expect 'a changed tree keeps none' 0 'Matrix: 3 cells, 0 failed' \
	bash -c "echo x >>'$TREE/kernel/a.c'; '$TMP/clone/ci/cell/matrix' um um-clang um-debug"
same 'indeed none' 0 "$(grep -c '(kept)' "$TMP/out")"
git -C "$TREE" checkout -q -- .
expect 'a cell that is only tried does not fail the matrix' 0 'tried in vain: um-clang' env FORCE=1 FAILING=um-clang "$TMP/clone/ci/cell/matrix" um um-clang
expect 'a cell that is not there' 2 'no such cell: vax' "$TMP/clone/ci/cell/matrix" vax
expect 'what is missing for any of them is said before the first' 3 'missing: clang-19$' \
	env PATH="$(path_without clang-19)" "$TMP/clone/ci/cell/matrix" um um-clang
