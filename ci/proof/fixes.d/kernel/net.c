// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver of network cards once more, as a module, whose static data has no linear address.
 * (Its name follows from that of this file: drivers/virtio/proof_net.c.)
 */
#include <linux/cpuhotplug.h>
/* (a state has one user: this takes that of a driver which is not there) */
#define CPUHP_VIRT_NET_DEAD CPUHP_NET_MVNETA_DEAD
#include "../net/virtio_net.c"
