// SPDX-License-Identifier: GPL-2.0-only
/* Small files, as those of sysfs; also for ci/proof/fixes. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "init.h"

int read_file(char *out, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY), n;

	*out = 0;
	if (fd < 0)
		return -1;
	n = read(fd, out, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	out[n] = 0;
	out[strcspn(out, "\n")] = 0;
	return n;
}

int write_file(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY), n = -1;

	if (fd >= 0) {
		n = write(fd, what, strlen(what));
		close(fd);
	}
	return n < 0 ? -1 : 0;
}
