# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels that are not the tree's own: a second work tree, in which anything may
# be changed, and builds of it.  Sourced after lib.sh and arch.sh.

src=$WORK/full/src

checkout() { # COMMIT
	if ! [ -e "$src/.git" ]; then
		need_space 2500 "a second checkout"
		mkdir -p "$WORK/full"
		pgit -C "$TREE" worktree prune
		pgit -C "$TREE" worktree add -q --force --detach "$src" "$1"
	fi
	pgit -C "$src" checkout -q --force --detach "$1" && pgit -C "$src" clean -qfd
}

# ccache, as a header that changes and changes back would compile everything twice.
kmake() {
	make -s -C "$src" O="$1" ARCH="$LINUX_ARCH" CROSS_COMPILE="$CROSS" CC="ccache ${CROSS}gcc" -j"$JOBS" "${@:2}"
}

# One build for ci/proof/before and ci/proof/coverage, since GCOV_KERNEL alone compiles
# everything anew.  Which objects count is for the Makefiles in $src to say.
build_proof() { # STEP ARCH
	build=$WORK/full/build/gcov-$2
	export CCACHE_BASEDIR= # gcov has to find the sources
	mkdir -p "$build"
	cat "$KUNIT/$2.kunitconfig" "$ROOT/configs/coverage.config" >"$build.kunitconfig"
	build_variant "$1-$2" "$2" "$build" "$build.kunitconfig" ||
		die fail "$1: the kernel for $2 does not build" "look at $STEP_LOG"
}

build_variant() { # STEP ARCH BUILD [KUNITCONFIG]: of what is in $src
	local config=${4:-$KUNIT/$2.kunitconfig}
	if [ -f "$3/$IMAGE" ] && cmp -s "$config" "$3/kunitconfig" && [ -f "$3/config" ]; then
		# (without a hunk of a Kconfig, options are lost)
		cmp -s "$3/config" "$3/.config" || cp "$3/config" "$3/.config"
		STEP_OBJECTS=$3 step "$1" kmake "$3" all
	else
		mkdir -p "$3"
		STEP_OBJECTS=$3 step "$1" env -C "$src" ./tools/testing/kunit/kunit.py build \
			--arch="$KUNIT_ARCH" ${CROSS:+--cross_compile="$CROSS"} --build_dir="$3" \
			--make_options="CC=ccache ${CROSS}gcc" \
			--kunitconfig="$config" --jobs="$JOBS" || return 1
		cp "$config" "$3/kunitconfig"
		cp "$3/.config" "$3/config"
	fi
}
