/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READS_MAX = 16,        /* then others get their turn */
	PAGE_BYTES = 64 << 10, /* at most */
};

/** What has been read is a hole, and the page where that ends may begin with some of it, as zeros. */
int traffic_log_open(struct traffic_log *l, const char *path)
{
	l->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (l->fd < 0)
		return -errno;
	l->place = lseek(l->fd, 0, SEEK_DATA);
	if (l->place < 0) /* nothing is in it */
		l->place = lseek(l->fd, 0, SEEK_END);
	l->n = 0;
	l->is_overlong = false;
	return 0;
}

void traffic_log_close(struct traffic_log *l)
{
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
}

/** Hand out the lines that are in the buffer, and keep the beginning of the next one. */
static void hand_out(struct traffic_log *l, void (*on_line)(void *data, const char *line), void *data)
{
	char *line = l->buffer, *end = l->buffer + l->n, *stop;

	while ((stop = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		*stop = '\0';
		while (line < stop && *line == '\0')
			line++;
		on_line(data, l->is_overlong || strlen(line) != (size_t)(stop - line) ? NULL : line);
		l->is_overlong = false;
		line = stop + 1;
	}
	l->n = (size_t)(end - line);
	memmove(l->buffer, line, l->n);
	if (l->n < sizeof(l->buffer))
		return;
	l->is_overlong = true;
	l->n = 0;
}

bool traffic_log_read(struct traffic_log *l, void (*on_line)(void *data, const char *line), void *data)
{
	off_t begin = l->place;
	struct stat s;
	ssize_t n = 0;

	if (l->fd < 0 || fstat(l->fd, &s) < 0)
		return false;
	if (s.st_size < l->place) /* somebody has emptied it */
		begin = l->place = 0;
	for (unsigned i = 0; i < READS_MAX; i++) {
		n = pread(l->fd, l->buffer + l->n, sizeof(l->buffer) - l->n, l->place);
		if (n <= 0)
			break;
		l->place += n;
		l->n += (size_t)n;
		hand_out(l, on_line, data);
	}
	if (l->place == begin)
		return false;
	begin -= begin % PAGE_BYTES; /* a page goes when all of it does */
	(void)fallocate(l->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, l->place - begin);
	return n > 0;
}
