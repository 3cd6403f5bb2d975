#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/red.sh
#
# Breaks a decision in each part of the series, in the tree of another checkout: its
# page is red and names the case.  (Uses the objects that other tests have compiled.)
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[ "${1:-}" != --help ] || { sed -n '3,/^[^#]/{/^# shellcheck/d; s/^# \{0,1\}//p}' "$0" && exit; }
[[ ${1:-} != -* ]] || { echo "Error: red.sh: unknown option $1" >&2 && exit 2; }
# shellcheck disable=SC2016  # the cache of this checkout
cache=$(bash -c '. "$0"/ci/lib/lib.sh; echo "$CACHE"' "$HERE")
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} XDG_CACHE_HOME=$TMP/cache
unset CI_LOCKED TREE LOGS MAILS PATCHES KUNIT MATRIX VERDICTS CCACHE_BASEDIR
mkdir -p "$TMP/cache/${cache##*/}"
ln -s "$cache"/{base.git,debs} "$TMP/cache/${cache##*/}"
git clone -q "$HERE" "$TMP/clone"
cd "$TMP/clone" || exit
expect 'another checkout has its own tree' 0 ' patches on' ci/series/tree
tree=$(ci/series/tree --path)

broken() { # FILE OLD NEW
	same "there is a decision to break in $1" 1 "$(grep -cF "$2" "$tree/$1")"
	sed -i "s/$2/$3/" "$tree/$1"
}
red() { # PART CELL CASE
	same "part $1 broken: $3 is red on the page" 1 \
		"$(sed 's/<wbr>//g' "$page" | grep -c -m 1 "^<li class=failing data-cell=\"$2\"><a href=\"#$3")"
}
broken kernel/dma/mapping.c 'if (!dma_needs_shared(dev))' 'if (dma_needs_shared(dev))'
broken drivers/virtio/virtio.c 'need_map && drv->passes_guest_phys' 'need_map \&\& !drv->passes_guest_phys'
broken arch/powerpc/kernel/dma-iommu.c 'mask != DMA_BIT_MASK(64)' 'mask == DMA_BIT_MASK(64)'
for cell in um ppc64le; do
	expect "the cell $cell fails" 1 'cases are not (what|as)' ci/cell/kunit $cell
done
expect 'the page is red' 1 '^Red: 2 cells fail' ci/report/report --page
page=$(sed -n 's/^Report: //p' "$TMP/out")
red D um dma_protected.dma_protected_phys_need_map
red V um virtio_mem_acc.virtio_mem_acc_rule
red P ppc64le svm_dma.svm_dma_mask
as_task 'a broken decision of each of D, V and P: the page is red and names its case'
