#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Rules that hold for every script and file of the repository.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$HERE" || exit

mapfile -t programs < <(git ls-files -s ci | sed -n 's/^100755 [^\t]*\t//p')
for p in "${programs[@]}"; do
	expect "$p answers --help" 0 '^Usage: ' "$p" --help
	same 'and nothing for other readers' '' "$(grep -iE 'shellcheck|pylint|noqa' "$TMP/out")"
	expect "$p refuses an unknown option" 2 'unknown option|^Usage: |--help' "$p" --nonsense
done
mapfile -t shell < <(git ls-files ci .ci | xargs grep -lE '^#!.*(bash|sh)$|^# shellcheck shell=' | sort -u)
expect 'shellcheck has nothing to say' 0 '' xargs -a <(printf '%s\n' "${shell[@]}") -P "$(nproc)" -n 8 shellcheck
same 'no program is longer than 200 lines' '' "$(git ls-files ci | grep -vE '\.(md|tsv|css|patch|json)$|^ci/tests/|-reasons$' |
	xargs wc -l | awk '$1 > 200 && $2 != "total"')"

without=$(git ls-files -co --exclude-standard | grep -vE '^(LICENSES/|COPYING|patches/|sent/|linux$|\.gitmodules)|\.md$' |
	xargs -r grep -L 'SPDX-License-Identifier' -- | tr '\n' ' ')
same 'every file has its SPDX line' '' "$without"
same 'no stored patch has a Signed-off-by' '' "$(grep -l '^Signed-off-by:' patches/*/*.patch)"
# shellcheck disable=SC2016  # apt expands it
hosts=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | sed 's,.*://,,; s,/.*,,' | sort -u)
named=
for h in $hosts; do named+=$(git grep -lF "$h" -- .); done
same 'no package registry is named' '' "$named"
for d in patches/*/; do
	same "${d}series lists each patch and nothing else" "$(cd "$d" && ls -- *.patch)" "$(grep -v '^#' "${d}series" | sort)"
done
same 'the submodule names its commit' 'a90ee4305c4a5df72c11b31dacfdc76e00fcf78a' \
	"$(git ls-files -s linux | awk '$1 == 160000 { print $2 }')"

# --- missing tools
fixture
PATH=$(path_without 's390x-linux-gnu-gcc*') expect 'a missing compiler is named' 3 's390x-linux-gnu-gcc' \
	"$HERE/ci/cell/kunit" s390
PATH=$(path_without 'qemu-system-s390x') expect 'a missing QEMU is named' 3 'qemu-system-s390x' \
	"$HERE/ci/cell/boot" s390 /etc/hostname "$TMP/log"
expect 'an unknown architecture' 2 'no such cell: vax' "$HERE/ci/cell/kunit" vax

# --- guests that hang or die, played by scripts
printf '#!/bin/sh\necho booting; sleep 60\n' >"$TMP/hang"
printf '#!/bin/sh\necho Kernel panic - not syncing; exit 1\n' >"$TMP/die"
printf '#!/bin/sh\nexit 3\n' >"$TMP/mute"
chmod +x "$TMP/hang" "$TMP/die" "$TMP/mute"
start=$SECONDS
expect 'a guest that is silent is ended, its last words shown' 9 '^  \| booting' \
	env TIME_LIMIT=2 "$HERE/ci/cell/boot" um "$TMP/hang" "$TMP/log"
same 'within its time limit' 1 $((SECONDS - start < 10))
same 'and all that it started' '' "$(pgrep -f "$TMP/hang")"
printf '#!/bin/sh\nfor i in 1 2 3 4 5 6; do echo KTAP version 1; sleep 1; done\n' >"$TMP/slow"
printf '#!/bin/sh\nwhile :; do echo rcu stall; sleep 1; done\n' >"$TMP/noisy"
chmod +x "$TMP/slow" "$TMP/noisy"
expect 'a slow guest that prints is left alone' 0 '' env TIME_LIMIT=3 "$HERE/ci/cell/boot" um "$TMP/slow" "$TMP/log"
expect 'one that prints for ever is ended' 9 'or 10 s in all' env TIME_LIMIT=2 "$HERE/ci/cell/boot" um "$TMP/noisy" "$TMP/log"
expect 'a guest that panics' 9 'died before its tests ended' "$HERE/ci/cell/boot" um "$TMP/die" "$TMP/log"
expect 'a guest that says nothing' 9 'printed no test results' "$HERE/ci/cell/boot" um "$TMP/mute" "$TMP/log"
printf '#!/bin/sh\necho KTAP version 1; echo "** 3 printk messages dropped **"\n' >"$TMP/drops"
chmod +x "$TMP/drops"
expect 'a guest that loses messages' 9 'lost messages' "$HERE/ci/cell/boot" um "$TMP/drops" "$TMP/log"
mkdir "$TMP/qemu"
printf '#!/bin/sh\necho KTAP version 1; kill -ABRT $$\n' >"$TMP/qemu/qemu-system-s390x"
chmod +x "$TMP/qemu/qemu-system-s390x"
expect 'an emulator that aborts is not taken for a guest that ended' 3 'qemu-system-s390x ended with 134' \
	env PATH="$TMP/qemu:$PATH" "$HERE/ci/cell/boot" s390 "$TMP/mute" "$TMP/log"
