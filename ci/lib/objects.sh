# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For comparing objects before and after a patch: a work tree at one place for
# both, since paths end up in objects, and a configured build directory for each
# architecture (defconfig and configs/pure-move.config).
# Sourced after lib.sh and arch.sh.
OBJECTS=$WORK/pure-move
src=$OBJECTS/src

objects_checkout() { # COMMIT
	if ! [ -e "$src/.git" ]; then
		need_space 2500 "a second checkout"
		mkdir -p "$OBJECTS"
		pgit -C "$TREE" worktree prune
		step checkout-objects pgit -C "$TREE" worktree add -q --force --detach "$src" "$1" ||
			die source "no work tree at $src"
	fi
	pgit -C "$src" checkout -q --force --detach "$1"
}

objects_make() { # ARCH ARGUMENT..., after arch_setup ARCH
	make -s -C "$src" O="$OBJECTS/build/$1" ARCH="$LINUX_ARCH" CROSS_COMPILE="$CROSS" -j"$JOBS" "${@:2}"
}

objects_do_configure() { # ARCH
	local o=$OBJECTS/build/$1 defconfig=defconfig
	[[ $1 != ppc64* ]] || defconfig=$1_defconfig
	mkdir -p "$o"
	objects_make "$1" "$defconfig"
	"$src/scripts/kconfig/merge_config.sh" -m -O "$o" "$o/.config" "$ROOT/configs/pure-move.config"
	objects_make "$1" olddefconfig
	objects_make "$1" prepare
	cp "$ROOT/configs/pure-move.config" "$o/fragment"
}

objects_configure() { # ARCH
	objects_checkout base
	cmp -s "$OBJECTS/build/$1/fragment" "$ROOT/configs/pure-move.config" && return
	rm -f "$OBJECTS/build/$1/fragment"
	step "pure-move-$1-config" objects_do_configure "$1" || die fail "no configuration for $1"
}
