#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ci/tests/device.sh
#
# The strict device of the lab, without a guest: what it refuses and serves, also while
# signals interrupt it; and that its test notices a device which is less strict.
# shellcheck source=ci/tests/lib.sh
. "$(dirname "$0")/lib.sh"
dir=$HERE/ci/lab/device
build=$TMP/build
export CFLAGS=-O1
expect 'the device and its test compile' 0 '' make -s -j2 -C "$dir" "O=$build" device device-test device-eintr
head -c 1M /dev/urandom >"$TMP/disk"
run() { timeout 60 "$build/device-test" "$1" "$TMP/socket" "$TMP/disk" "${@:2}"; } # DEVICE [GROUP]
run "$build/device"
expect 'the same while every second system call is interrupted' 0 '^ok ' run "$build/device-eintr"
expect 'device --help' 0 '^Usage: device' "$build/device" --help
expect 'device: wrong use' 2 'device --help' "$build/device" blk "$TMP/socket"
expect 'device: an unknown option' 2 'device --help' "$build/device" --frob net "$TMP/socket"
expect 'device: too many queues' 2 'from 1 to 8' "$build/device" --queues=9 net "$TMP/socket"

# A device whose FILE is edited has to fail GROUP of the test.  BINARY: device-eintr
mutant() { # NAME FILE GROUP EXPRESSION [BINARY]
	local name=$1 file=$2 group=$3 call objects wrap=()
	mkdir -p "$TMP/mutant"
	sed "$4" "$dir/$file.c" >"$TMP/mutant/$file.c"
	! cmp -s "$dir/$file.c" "$TMP/mutant/$file.c" || { not_ok "seen: $name (nothing to change)" && return; }
	gcc -O1 -w -D_GNU_SOURCE -I"$dir" -I"$HERE/ci/lab/kernel/overlay/include/uapi" -include "$dir/test/raw.h" \
		-c -o "$TMP/mutant/object" "$TMP/mutant/$file.c" || { not_ok "seen: $name (does not compile)" && return; }
	objects=("$build"/device.d/*.o)
	if [ "${5:-}" = device-eintr ]; then
		objects+=("$build/device.d/test/eintr.o")
		for call in recvmsg recv send read write poll accept; do wrap+=("-Wl,--wrap=$call"); done
	fi
	gcc -o "$TMP/mutant/device" "${wrap[@]}" "${objects[@]/"$build/device.d/$file.o"/"$TMP/mutant/object"}"
	STOP=1 expect "seen: $name" 1 '^not ok' run "$TMP/mutant/device" "$group"
}
mutant 'a device that looks at no bitmap' bitmap blk 's/if (!is_shared(m, i))/if (0)/'
mutant 'a device that looks at the first page only' bitmap blk 's/i <= (gpa + len - 1) >> shift/i <= gpa >> shift/'
mutant 'a device that writes the used ring unchecked' split blk 's/vq_access(\(q, USED, [A-Z]*, at_used\(_idx\)\?(\)/raw_access(\1/'
mutant 'a device that reads used_event unchecked' split blk 's/vq_access(\(q, AVAIL, LOAD, at_used_event\)/raw_access(\1/'
mutant 'a device that writes avail_event unchecked' split blk 's/vq_access(\(q, USED, STORE, at_avail_event\)/raw_access(\1/'
mutant "a device that reads the driver's events unchecked" packed blk 's/vq_access(\(q, AVAIL,\)/raw_access(\1/'
mutant "a device that writes its events unchecked" packed blk 's/vq_access(\(q, USED,\)/raw_access(\1/'
mutant 'a device that takes split tables for buffers' split blk 's/vq_access(q, TABLE,/vq_access(q, BUFFER,/'
mutant 'a device that takes packed tables for buffers' packed blk 's/vq_access(q, TABLE,/vq_access(q, BUFFER,/'
mutant 'a device that touches first and looks then' memory blk 's/^\treturn m->protection->touch/\t*p = 1;\n&/'
mutant 'a device that looks at what it touches only, of segments' virtqueue blk 's/^\tvq_given(q, BUFFER,.*//'
mutant 'a device that looks at what it touches only, of split rings' split blk 's/^\tvq_given(q, DESC,.*//'
mutant 'a device that looks at what it touches only, of packed rings' packed blk 's/^\tvq_given(q, DESC,.*//'
mutant 'a device that writes where it may only read' iotlb iotlb 's/ && (e->perm & perm)//'
mutant 'a device that serves a ring which was taken back' virtqueue iotlb 's/if (!vq_is_mine(q))/if (0)/'
mutant 'a device that brings the wrong sector' blk blk 's/e->n, 0, at, in, WRITE/e->n, 0, at + SECTOR, in, WRITE/'
mutant 'a disk whose offsets wrap' blk blk 's/sector > b->size \/ SECTOR || //'
mutant 'a disk that writes private memory' copy blk 's/vq_access(/raw_access(/'
mutant 'a card that counts frames from before a restart' net net 's/^\t\tif (!p->n)/\t\tif (0)/'
mutant 'a card that keeps a frame from before a restart' net net 's/p->stops == stops/1/'
mutant 'a card that returns frames to the first pair' net net 's/queue\[i & ~1u\]/queue[0]/'
mutant 'a bitmap whose size wraps' bitmap rings 's/pages \/ 8 + !!(pages % 8)/(pages + 7) \/ 8/; s/ || !size//'
mutant 'a bitmap with pages of any size' bitmap rings 's/|| shift < .*_MAX ||/||/'
mutant 'a bitmap over its own header' bitmap rings 's/gpa - at < size/0/; s/at - gpa < HEADER_ALIGN/0/'
mutant 'a header that is elsewhere' bitmap rings 's/if (le64toh(h.self) != gpa)/if (0)/'
mutant 'a bitmap that is lost without a word' device rings 's/bitmap_lost += .*/bitmap_lost += 0;/'
mutant 'a ring of any size' virtqueue rings 's/if (!q->num || q->num > QUEUE_MAX)/if (0)/; s/q->num & (q->num - 1)/0/'
mutant 'a late call file descriptor that hears nothing' ring_requests blk 's/if (vq_live(.*/if (0)/'
mutant 'a packed ring that starts anywhere' virtqueue rings 's/q->last_avail >= q->num || q->used_idx >= q->num/0/'
mutant 'more available than there is room for' split rings 's/> q->num)/> 65535)/'
mutant 'a chain that leaves the ring' split rings 's/if (i >= q->num || /if (/'
mutant 'memory that wraps' memory messages 's/ || size - 1 > UINT64_MAX - gpa//'
mutant 'memory that overlaps' memory messages 's/^\t\tif (gpa - r->gpa < .*/\t\tif (/; s/^\t\t    user - r->user < r->size.*/\t\t0)/'
mutant 'memory beyond the end of its file' memory messages 's/if (S_ISREG(st.st_mode)/if (0/'
mutant 'a translation that wraps' iotlb iotlb 's/ || e->size - 1 > UINT64_MAX - e->iova//'
mutant 'messages without their file descriptor' messages messages 's/if (r->n != !(m->u64 & VHOST_USER_VRING_NOFD))/if (0)/'
mutant 'messages of a queue that there is not' messages messages 's/r->index >= r->vu->dev->queues/0/'
mutant 'file descriptors that leak' messages messages 's/^\t\t\tclose(fds\[i\]);/\t\t\t;/'
mutant 'SIGTERM that kills' main signals 's/sigaddset(&set, SIGTERM);//'
mutant 'EINTR of a message that ends it' vhost_io blk 's/if (errno == EINTR)/if (0)/' device-eintr
mutant 'EINTR of a notification that ends it' vhost_user blk 's/(done < 0 && errno == EINTR)/(0)/' device-eintr
mutant 'EINTR of poll() that ends it' vhost_user blk 's/errno != EINTR && //' device-eintr
mutant 'EINTR of a look-up that ends it' translate iotlb 's/errno != EINTR && //' device-eintr
