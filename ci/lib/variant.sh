# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels other than the tree's own: a second work tree, $src, where programs may
# change anything, and builds of it.  Sourced after lib.sh and arch.sh.

src=$WORK/full/src

checkout() { # COMMIT
	if ! [ -e "$src/.git" ]; then
		need_space 2500 "a second checkout"
		mkdir -p "$WORK/full"
		pgit -C "$TREE" worktree prune
		step checkout pgit -C "$TREE" worktree add -q --force --detach "$src" "$1" ||
			die source "git cannot check out $1 in $src" "make tree"
	fi
	pgit -C "$src" checkout -q --force --detach "$1" && pgit -C "$src" clean -qfd
}

# With ccache, since a header that changes and changes back would compile everything
# twice.  Below another make, its job server counts.
kmake() { # BUILD ARGUMENT...
	local jobs=(-j"$JOBS")
	[[ ${MAKEFLAGS:-} != *jobserver* ]] || jobs=()
	make -s -C "$src" O="$1" ARCH="$LINUX_ARCH" CROSS_COMPILE="$CROSS" CC="ccache ${CROSS}gcc" \
		"${jobs[@]}" "${@:2}"
}

# The .config that kunit.py makes for what is in $src: a kunitconfig, and what the
# architecture boots with.
configure_kunit() { # ARCH BUILD
	rm -f "$2/.config" "$2/.kunitconfig"
	env -C "$src" ./tools/testing/kunit/kunit.py config --arch="$KUNIT_ARCH" ${CROSS:+--cross_compile="$CROSS"} \
		--make_options="CC=ccache ${CROSS}gcc" --build_dir="$2" --kunitconfig="$KUNIT/$1.kunitconfig"
}

build_variant() { # STEP ARCH BUILD [KUNITCONFIG]: builds what is in $src
	local config=${4:-$KUNIT/$2.kunitconfig}
	if [ -f "$3/$IMAGE" ] && cmp -s "$config" "$3/kunitconfig" && [ -f "$3/config" ]; then
		# (a build without some hunk of a Kconfig has lost options)
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

# One build directory for ci/proof/before and ci/proof/coverage, since GCOV_KERNEL
# compiles everything anew.  The Makefiles in $src say which objects are counted.
build_counted() { # STEP ARCH BUILD
	mkdir -p "$3"
	cat "$KUNIT/$2.kunitconfig" "$ROOT/configs/coverage.config" >"$3.kunitconfig"
	# (gcov has to find the sources)
	CCACHE_BASEDIR='' build_variant "$1-$2" "$2" "$3" "$3.kunitconfig" ||
		die fail "$1: the kernel for $2 does not build" "read $STEP_LOG"
}

# keep_table TASK: keeps the rows read as the table of TASK, below the id of what it
# was made from.
keep_table() {
	local table=$WORK/tables/$1.tsv id=none
	mkdir -p "${table%/*}"
	! exported || id=$("$ROOT/ci/lib/fresh.py" "$1" | cut -f 2)
	{
		printf '# id=%s\n' "$id"
		cat
	} >"$table.new"
	mv "$table.new" "$table"
}

# "commit<TAB>file" of the patches in these parts of the series, in order.
in_parts() { # PART...
	"$ROOT/ci/series/names" | awk -F'\t' 'FILENAME == "-" { if ($2 in mine) print; next } { mine[$1] }' \
		<("$ROOT/ci/series/parts.py" patches "$@") -
}
