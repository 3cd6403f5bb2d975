# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which objects a configuration has: make compiles whatever object it is named, also one that
# no configuration asks for.  Sourced after ci/lib/variant.sh.

# enabled BUILD OBJECT... -- [MAKE OPTION]...: removes these objects, and prints those that
# make would compile for the directories that they are in.
enabled() {
	local build=$1 objects=() folders
	shift
	while [ "$1" != -- ]; do
		objects+=("$1")
		shift
	done
	shift
	(cd "$build" && rm -f "${objects[@]}")
	# (tests/ is reached from above it, if it is configured)
	# shellcheck disable=SC2154  # of variant.sh
	mapfile -t folders < <(printf '%s\n' "${objects[@]}" | sed 's,/[^/]*$,/,; s,/tests/$,/,' | sort -u | while read -r f; do [ ! -d "$src/$f" ] || say "$f"; done)
	kmake "$build" "$@" -n "${folders[@]}" 2>/dev/null | grep -oE '[^ "]+\.o\b' | sort -u | grep -xFf <(printf '%s\n' "${objects[@]}") || :
}
