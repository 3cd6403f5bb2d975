#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Wrong use of the front door: each ends in seconds, with the right exit code and its
# cause, before anything is downloaded or built.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
unset CI_LOCKED BASE PATCHES WORK TREE LOGS MAILS KERNEL_SRC PART CELL ARCH
# (nothing is there yet: what asks for it anyway would take long, or find no network)
export XDG_CACHE_HOME=$TMP/cache http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
mkdir "$TMP/empty"
printf 'no tree\n' >"$TMP/file"

# what it says | arguments of make
# shellcheck disable=SC2034  # (eval)
while IFS='|' read -r says arguments; do
	start=$SECONDS
	eval "expect \"make \$arguments\" 2 \"\$says\" make -C \"\$HERE\" $arguments"
	[ $((SECONDS - start)) -le 10 ] || not_ok "make $arguments: in 10 s"
done <<'EOT'
cell does not take ARCH|cell ARCH=s390
cell does not take CELLS|cell CELLS=um
matrix does not take CELL|matrix CELL=um
kunit does not take CELL|kunit CELL=um
mails does not take VERSION|mails VERSION=2
all does not take VERSION|VERSION=2
matrix does not take SUITE|matrix SUITE=virtio_ring
full does not take TASK|full TASK=mutants-um
lab does not take SCENARIOS|lab SCENARIOS=legacy
rebase does not take FROM|rebase FROM=debian:sid
test does not take PART|test PART=dma
mails does not take part|mails part=dma
prune does not take ARCH|prune ARCH=um
check does not take PART|check PART=dma
there is no foo|kunit ARCH=foo
there is no aarch64|kunit ARCH=aarch64
there is no X86_64|kunit ARCH=X86_64
there is no nope|cell CELL=nope
there is no nope|matrix CELLS='um nope'
there is no um-nodma-debug|cell CELL=um-nodma-debug
there is no vax|shell ARCH=vax
there is no ppc64.*ppc64le|shell ARCH=ppc64
shell does not take CELL|shell CELL=um
shell does not take SUITE|shell ARCH=um SUITE=virtio_ring
there is no mips|lab ARCH=mips
there is no um.*x86_64|lab ARCH=um
there is no i386|mutants ARCH=i386
there is no um-nodma.*um|mutants ARCH=um-nodma
there is no um-nodma|coverage ARCH=um-nodma
there is no ppc64|before ARCH=ppc64
No rule to make target|kunits
No rule to make target|test-all
no such suite or case|kunit ARCH=um SUITE=virtio_rings
no such suite or case|kunit ARCH=um SUITE=svm_dma
no such suite or case|cell CELL=um SUITE=virtio_ring.nope
there is no um.*ppc64le|bench ARCH=um
there is no tce.*scale|bench ARCH=x86_64 FIGURE=tce
x86_64 has no such scenario|lab ARCH=x86_64 SCENARIO=nope
s390 has no such scenario|lab ARCH=s390 SCENARIO='mask of *'
there is no both|lab ARCH=x86_64 WHICH=both
REQUESTS=many|lab ARCH=x86_64 REQUESTS=many
REQUESTS=-1|lab ARCH=x86_64 REQUESTS=-1
JOBS=none|kunit ARCH=um JOBS=none
JOBS=0|kunit ARCH=um JOBS=0
SILENT_MINUTES=never|kunit ARCH=um SILENT_MINUTES=never
TIME_LIMIT=long|kunit ARCH=um TIME_LIMIT=long
REPEAT=often|kunit ARCH=um REPEAT=often
there is no v9.9.*v7.3|tree BASE=v9.9
there is no v9.9|mails BASE=v9.9
no task is called nope|full TASKS=nope
no check is called nope|check CHECKS='message nope'
no task is called mutants-um-nodma|full TASKS='mutants-um mutants-um-nodma'
no such tree or tarball|tree KERNEL_SRC=/nowhere
not a Linux source tree|tree KERNEL_SRC="$TMP/empty"
is no tarball|tree KERNEL_SRC="$TMP/file"
needs TO=|rebase
a base is named after its Linux|port BASE=latest
which Linux|port BASE=v5.10
what the others are ported from|port FROM=debian:sid
needs FORMAT=|distro
there is no tarball.*debian|distro FORMAT=tarball
REFERENCES= is not given|distro FORMAT=suse
there is no crypto|distro FORMAT=rpm PARTS=crypto
there is no all|distro FORMAT=mbox PARTS=all
CONFIG=tiny: there is no tiny|deb CONFIG=tiny
does not take CONFIG|deb-boot CONFIG=small
no v9|deb-boot BASE=v9
needs PART=|b4
needs PART=|sent
needs MBOX=|trailers PART=dma
no such file|trailers PART=dma MBOX=/nowhere
there is no nope.*virtio|mails PART=nope
there is no nope|b4 PART=nope
there is no all|b4 PART=all
there is no all|sent PART=all
one at a time|mails PART='dma virtio'
one at a time|kunit ARCH='um s390'
one at a time|tree BASE='v6.12 v6.1'
one at a time|distro FORMAT=mbox BASE='v6.12 v6.1'
there is no tree|mails PART=dma TREE="$TMP/nope"
there is no tree|kunit ARCH=um TREE="$TMP/empty"
named after its Linux|rebase TO=debian:sid NEW_BASE=7.4
v6.12 has no suites|kunit ARCH=um BASE=v6.12
v6.1 has no suites|matrix BASE=v6.1
v6.12 cannot do that: pKVM.*x86_64 s390|lab ARCH=arm64 BASE=v6.12
part virtio needs dma|distro FORMAT=quilt BASE=v6.12 PARTS=virtio
EOT
same 'ci/lib/targets.tsv has each target' "$(sed -n 's/^\([a-z0-9-]*\): .*## .*/\1/p' "$HERE/Makefile" | sort)" \
	"$(sed -n 's/^\([a-z0-9-]*\)	.*/\1/p' "$HERE/ci/lib/targets.tsv" | sort)"
same 'and nothing was left behind' '' "$(find "$TMP/cache" -name '*.deb' -o -name '*.o' 2>/dev/null)"
