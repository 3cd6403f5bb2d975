# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Compares the objects of two commits.  Paths end up in objects, so both are compiled
# in one work tree ($src) and one build directory for each configuration, which all
# comparisons share.  Sourced after lib.sh and arch.sh.
# shellcheck source=ci/lib/variant.sh
. "$ROOT/ci/lib/variant.sh"

OBJECTS=$WORK/objects

objects_checkout() { checkout "$1"; }                     # COMMIT
objects_make() { kmake "$OBJECTS/build/$1" "${@:2}"; }    # BUILD ARGUMENT..., after arch_setup

# compile_objects DIR WHICH CONFIG... -- [VARIABLE=VALUE]...: compiles what the files
# DIR/CONFIG.list name into DIR/WHICH/CONFIG, every CONFIG under one job server.
compile_objects() {
	local dir=$1 which=$2 configs=()
	shift 2
	while [ "$1" != -- ]; do
		configs+=("$1")
		shift
	done
	shift
	printf '.PHONY: %s\n%s: ; +@"%s" $@ "%s/$@" "%s/$@.list" %s\n' "${configs[*]}" "${configs[*]}" \
		"$ROOT/ci/proof/compile" "$dir/$which" "$dir" "$*" >"$dir/compile.mk"
	STEP_OBJECTS=$OBJECTS/build step "${dir##*/}-$which" make -s -k -j"$JOBS" -f "$dir/compile.mk" "${configs[@]}" ||
		die fail "${dir##*/}: no objects of $which" "read $STEP_LOG"
}
