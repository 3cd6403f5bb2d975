#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/fixes.sh
#
# Each patch of patches/fixes applies alone to the base and to the series, and all of them
# in their order; one that breaks off in its middle does not.  Nothing is built.
# shellcheck source=ci/lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
help_or_args "$@"
[ $# -eq 0 ] || die usage "ci/tests/fixes.sh" "ci/tests/fixes.sh --help"
# shellcheck source=ci/proof/fixes.d/applied.sh
. "$ROOT/ci/proof/fixes.d/applied.sh"
mkdir -p "$WORK/fixes"
series=$(pgit -C "$TREE" rev-parse --verify -q 'refs/series/exported^{commit}') || die source "no series in $TREE" "make tree"
mapfile -t patches < <(grep -v '^#' "$ROOT/patches/fixes/series" | sed "s|^|$ROOT/patches/fixes/|")
bad=0
check() { # WHAT COMMIT PATCH...
	if applied "${@:2}" >/dev/null; then printf 'ok    %s\n' "$1"; else
		printf 'FAIL  %s\n' "$1"
		bad=1
	fi
}
for onto in base "$series"; do
	name=$([ "$onto" = base ] && echo 'the base' || echo "the series of $BASE")
	[ "$BASE" != fixes ] || [ "$onto" = base ] || continue # it has them
	for patch in "${patches[@]}"; do check "${patch##*/} alone on $name" "$onto" "$patch"; done
	check "${#patches[@]} patches in their order on $name" "$onto" "${patches[@]}"
done
sed 's/^-/-not what is there: /' "${patches[0]}" >"$WORK/fixes/wrong.patch"
if applied base "$WORK/fixes/wrong.patch" >/dev/null 2>&1; then
	echo 'FAIL  a patch that does not fit is noticed'
	bad=1
else
	echo 'ok    a patch that does not fit is noticed'
fi
[ $bad -eq 0 ] || die apply "not every patch of patches/fixes applies" "mend it: make tree BASE=fixes"
