#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The comparisons of objects can fail: with one condition of dma-direct.h changed
# behind the move, it does.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
expect 'a change of code behind the move is seen' 1 'FAIL  s390 .*kernel/dma/direct.o' \
	env NEGATIVE_CONTROL=1 "$HERE/ci/proof/pure-move" s390
expect 'a change of the data path is seen' 1 'FAIL  s390 .*virtqueue_add_split' \
	env NEGATIVE_CONTROL=1 "$HERE/ci/proof/data-path" s390
expect 'an instruction more without PPC_SVM is seen' 1 'dma_iommu_map_sg has [0-9]+ more' \
	env NEGATIVE_CONTROL=1 "$HERE/ci/proof/svm-off" ppc64le
