/* SPDX-License-Identifier: MIT */
#include "mirror/large.h"

#include "base/mem.h"
#include "mirror/metainfo.h"
#include "mirror/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct large_version large_version_of(const struct stat *st)
{
	return (struct large_version){
		.inode = st->st_ino,
		.size_bytes = (uint64_t)st->st_size,
		.modified_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
}

void large_note(struct large_search *s, const char *path, const struct stat *st)
{
	struct large_list *l = &s->found;

	if (!S_ISREG(st->st_mode) || (uint64_t)st->st_size < s->from_bytes ||
	    (uint64_t)st->st_size > PIECES_FILE_MAX_BYTES || !metainfo_is_text(path))
		return;
	if (l->n == l->room) {
		l->room = 2 * l->room + 16;
		l->all = mem_resize(l->all, l->room, sizeof(*l->all));
	}
	l->all[l->n++] = (struct large_file){mem_strdup(path), large_version_of(st)};
}

static int on_entry(void *data, const char *path, const struct stat *st, int rc)
{
	if (rc == 0) /* what cannot be read is not described */
		large_note(data, path, st);
	return 0;
}

int large_find(const char *path, uint64_t from_bytes, const atomic_bool *is_cancelled, struct large_list *ret)
{
	struct large_search s = {.from_bytes = from_bytes};
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*ret = s.found;
	if (fd < 0)
		return -errno;
	int rc = walk_folder(fd, &(struct walk){is_cancelled, on_entry, &s});
	(void)close(fd);
	*ret = s.found;
	return rc;
}

void large_list_done(struct large_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->all[i].path);
	free(l->all);
	*l = (struct large_list){.n = 0};
}
