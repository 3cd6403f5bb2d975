#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The mutants: which conditions are found, how they are written, and what is wrong
# in a list of them.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$TMP/t.c" <<'EOT'
/* a ? b : c && d */
static bool f(int a)
{
	bool x = g(a), y;
	const char *s = x ? "a && b" : "";

	if (!(a && b) || unlikely(c == 3))
		return true;
	for (; map && map->size; map++)
		y = p && (q ||
			  r);
	h(a ? 1 : 2, r == 3 && t);
	return a || b;
}
int g(void)
{
	if (x > 2)
		return *n ? 0 : -ENODEV;
	return x - 1;
}
static struct drv d = {
	.a = 1,
};
EOT
# mutants ADDED-LINES ROW...: source and list
mutants() {
	local added=$1
	shift
	: >"$TMP/list"
	printf '%b\n' "$@" >"$TMP/t.tsv"
	awk -f "$HERE/ci/proof/mutants.awk" -v file=t.c -v added="$added" -v table="$TMP/list" "$TMP/t.tsv" "$TMP/t.c" >"$TMP/t.out"
}
names() { cut -f 5 "$TMP/list" | tr '\n' ';'; }

mutants '' 'um\tt.c\tf\t*'
same 'each condition of a function is found' \
	'g(a);x;a;b;c == 3;map;map->size;p;q;r;a #2;r == 3;t;a #3;b #2;' "$(names | sed 's/ -> true;[^;]* -> false//g')"
same 'and goes into its place' '	if (!(mutant_cond(a, 5, 6) && mutant_cond(b, 7, 8)) || unlikely(mutant_cond(c == 3, 9, 10)))' \
	"$(grep 'c == 3' "$TMP/t.out")"
same 'without the mutants it is the source' "$(cat "$TMP/t.c")" \
	"$(sed -E '/mutant.h/d; :a; s/mutant_cond\(([^()]*(\([^()]*\))?), [0-9]+, [0-9]+\)/\1/; ta' "$TMP/t.out")"
mutants '17 18' 'um\tt.c\tg\t+' 'um\tt.c\tg\tx > 2\tx >= 2' 'arm64\tt.c\tg\tx > 2\ttrue\ttest: why' 'um\tt.c\tg\treturn x - 1;\treturn x;'
same 'those of new lines, by hand, and with a note of their own' \
	'x > 2 -> true;x > 2 -> false;*n -> true;*n -> false;x > 2 -> x >= 2;return x - 1; -> return x;;' "$(names)"
same 'for another architecture, in tests' '1 arm64 test: why' "$(awk -F'\t' '$5 == "x > 2 -> true" { print $1, $2, $6 }' "$TMP/list")"
same 'nested' '	if ((mutant(5) ? (x >= 2) : (mutant_cond(x > 2, -1, 2))))' "$(grep 'x > 2' "$TMP/t.out")"
mutants '' 'um\tt.c\td\t.a = 1,\t@init d.a = 0;' && same 'at boot' '	if (mutant(1)) { d.a = 0; }' "$(grep 'd.a' "$TMP/t.out")"

mutants '17 18' 'um\tt.c\tg\t-\t\tnot mutated here' && same 'none, for a reason' '' "$(names)"
expect 'a new condition in a function that is not listed' 1 'f: no line .*"map"' mutants '9' 'um\tt.c\tg\t*'
expect 'a line that finds nothing' 1 'f: "zz" is not there' mutants '' 'um\tt.c\tf\tzz\ttrue'
expect 'a text that is there twice' 1 'more than once' mutants '' 'um\tt.c\tf\tunlikely\tlikely' 'um\tt.c\tf\ty\tx'
expect 'texts that overlap' 1 'overlap' mutants '' 'um\tt.c\tf\tmap && map\ttrue' 'um\tt.c\tf\tmap->size\tfalse' 'um\tt.c\tf\t&& map->size\t&& 0'
expect 'a mutant twice' 1 'twice' mutants '' 'um\tt.c\tg\tx - 1\tx' 'um\tt.c\tg\tx - 1\tx'
sed -i '1s/^/#define C(x) ((x) \&\& y)\n/' "$TMP/t.c"
expect 'a new condition in a macro' 1 'line 1: a condition in a macro' mutants '1' 'um\tt.c\tg\t*'

expect 'each condition of the series has its mutants' 0 '^[0-9]+	um	' "$HERE/ci/proof/mutants" --list
