#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Rules that hold for every script and file of the repository.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$HERE" || exit

mapfile -t scripts < <(find ci .ci -type f -exec grep -lE '^#!.*(bash|sh)$' {} + | sort)
for s in "${scripts[@]}"; do
	case "$s" in ci/tests/* | .ci/run) continue ;; esac
	expect "$s answers --help" 0 '^Usage: ' "$s" --help
	expect "$s refuses an unknown option" 2 'unknown option' "$s" --nonsense
done
expect 'shellcheck has nothing to say' 0 '' shellcheck "${scripts[@]}" ci/lib/lib.sh ci/lib/arch.sh ci/lib/variant.sh ci/lib/objects.sh ci/tests/lib.sh

without=$(git ls-files -co --exclude-standard | grep -vE '^(LICENSES/|COPYING|patches/|linux$|\.gitmodules)|\.md$|\.cases$|results/' |
	xargs -r grep -L 'SPDX-License-Identifier' -- | tr '\n' ' ')
same 'every file has its SPDX line' '' "$without"
same 'no stored patch has a Signed-off-by' '' "$(grep -l '^Signed-off-by:' patches/*/*.patch)"
# shellcheck disable=SC2016  # apt expands it
hosts=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | sed 's,.*://,,; s,/.*,,' | sort -u)
named=
for h in $hosts; do named+=$(git grep -lF "$h" -- . ':!ci/results'); done
same 'no package registry is named' '' "$named"
for d in patches/*/; do
	same "${d}series lists each patch and nothing else" "$(cd "$d" && ls -- *.patch)" "$(sort "${d}series")"
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

# --- the KTAP reader
cat >"$TMP/ktap" <<'EOT'
[    0.100000] KTAP version 1
1..1
    KTAP version 1
    # Subtest: suite
    1..3
    ok 1 plain
        KTAP version 1
        # Subtest: rows
        ok 1 first row
        not ok 2 second
        ok 3 third # SKIP for a reason
    # rows: pass:1 fail:1 skip:1 total:3
    not ok 2 rows
    ok 3 last # SKIP why
not ok 1 suite
EOT
same 'KTAP: plain cases, rows, failures and skips' "$(printf '%s\t%s\t%s\n' \
	pass suite.plain '' pass 'suite.rows.first row' '' fail suite.rows.second '' \
	skip suite.rows.third 'for a reason' skip suite.last why)" "$("$HERE/ci/cell/ktap" "$TMP/ktap")"

# --- guests that hang or die, played by scripts
printf '#!/bin/sh\necho booting; sleep 60\n' >"$TMP/hang"
printf '#!/bin/sh\necho Kernel panic - not syncing; exit 1\n' >"$TMP/die"
printf '#!/bin/sh\nexit 3\n' >"$TMP/mute"
chmod +x "$TMP/hang" "$TMP/die" "$TMP/mute"
start=$SECONDS
expect 'a guest that hangs is ended, its last words shown' 9 '^  \| booting' \
	env TIME_LIMIT=2 "$HERE/ci/cell/boot" um "$TMP/hang" "$TMP/log"
same 'within its time limit' 1 $((SECONDS - start < 10))
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
