// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts, and prints one JSON object on one line:
 *
 *   "device"            "blk" or "net"; in ../pkvm also others
 *   "protected"         was there a bitmap when a queue was last started?
 *   "bitmap_lost"       starts of a queue that did not find the bitmap which an earlier one had
 *   "bitmap"            is there one now?
 *   "flags"             those of its header (PROTECTED_LAB_F_*), 0 without one
 *   "accesses_before"   accesses while there was no bitmap, of all kinds
 *   "accesses"          accesses that were checked against the bitmap, of all kinds
 *   "violations"        private memory, of all kinds
 *   "kinds"             for each of desc, avail, used, table (indirect), buffer:
 *     "accesses"        those checked, refused ones included
 *     "violations"      private memory, whether accessed or just given
 *     "given"           those of them where it was given, but never accessed
 *     "first"           guest-physical address of the first one as a string, or null
 *   "nowhere", "early"  addresses that are no memory; early: before the first request
 *   "malformed"         rings, chains or requests that break the virtio specification
 *   "requests", "bytes" served, and the bytes of data they moved
 *   "chained"           requests of more than one descriptor
 *   "indirect"          indirect tables
 *   "iotlb_misses"      addresses that the front-end had to translate
 *   "suppressed"        notifications that the driver did not want
 *   "features"          negotiated ones, a string
 *   "memory_regions"    those of the front-end's present memory table
 *   "queues"            virtqueues that were ever started
 *   "requests_per_queue"  an array with an entry for each virtqueue of the device
 *
 * Without a bitmap nothing is checked: "protected" and "bitmap" are false, and all
 * accesses are in "accesses_before".
 */
#include "device.h"

static const char *const names[KINDS] = { "desc", "avail", "used", "table", "buffer" };

/* A watcher waits for this line: its wording is an interface. */
void count_violation(struct figures *f, enum kind kind, uint64_t gpa)
{
	if (!f->kind[kind].violations++) {
		f->kind[kind].first = gpa;
		fprintf(stderr, "device: private memory: %s at %#jx\n", names[kind], (uintmax_t)gpa);
	}
}

void count_nowhere(struct figures *f, const char *what, enum kind kind, uint64_t addr)
{
	if (!(f->nowhere + f->early))
		fprintf(stderr, "device: %s: %s at %#jx\n", what, names[kind], (uintmax_t)addr);
	*(f->requests ? &f->nowhere : &f->early) += 1;
}

void count_malformed(struct figures *f, const char *what)
{
	if (!f->malformed++)
		fprintf(stderr, "device: malformed: %s\n", what);
}

static void print_kinds(const struct figures *f, FILE *to)
{
	for (int k = 0; k < KINDS; k++) {
		fprintf(to, "%s\"%s\": {\"accesses\": %ju, \"violations\": %ju, \"given\": %ju, \"first\": ",
			k ? ", " : "", names[k], (uintmax_t)f->kind[k].checked,
			(uintmax_t)f->kind[k].violations, (uintmax_t)f->kind[k].given);
		if (f->kind[k].violations)
			fprintf(to, "\"0x%jx\"}", (uintmax_t)f->kind[k].first);
		else
			fprintf(to, "null}");
	}
}

void print_figures(const struct virtio_device *dev, FILE *to)
{
	const struct memory *m = &dev->memory;
	const struct figures *f = &dev->figures;
	uintmax_t before = 0, checked = 0, violations = 0;
	unsigned int started = 0, i;

	for (int k = 0; k < KINDS; k++) {
		before += f->kind[k].before;
		checked += f->kind[k].checked;
		violations += f->kind[k].violations;
	}
	for (i = 0; i < dev->queues; i++)
		started += dev->queue[i].ever_started;
#define NUMBER(name, value) fprintf(to, ", \"" name "\": %ju", (uintmax_t)(value))
	fprintf(to, "{\"device\": \"%s\", \"protected\": %s", dev->model->name,
		dev->protected ? "true" : "false");
	NUMBER("bitmap_lost", f->bitmap_lost);
	fprintf(to, ", \"bitmap\": %s", m->active ? "true" : "false");
	NUMBER("flags", m->active ? m->bitmap.flags : 0);
	NUMBER("accesses_before", before);
	NUMBER("accesses", checked);
	NUMBER("violations", violations);
	fprintf(to, ", \"kinds\": {");
	print_kinds(f, to);
	fprintf(to, "}");
	NUMBER("nowhere", f->nowhere);
	NUMBER("early", f->early);
	NUMBER("malformed", f->malformed);
	NUMBER("requests", f->requests);
	NUMBER("bytes", f->bytes);
	NUMBER("chained", f->chained);
	NUMBER("indirect", f->indirect);
	NUMBER("iotlb_misses", f->misses);
	NUMBER("suppressed", f->suppressed);
	fprintf(to, ", \"features\": \"0x%jx\"", (uintmax_t)dev->features);
	NUMBER("memory_regions", m->n);
	NUMBER("queues", started);
	fprintf(to, ", \"requests_per_queue\": [");
	for (i = 0; i < dev->queues; i++)
		fprintf(to, "%s%ju", i ? ", " : "", (uintmax_t)dev->queue[i].requests);
	fprintf(to, "]}\n");
	fflush(to);
}
