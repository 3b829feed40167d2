/* SPDX-License-Identifier: MIT */
#include "mirror/debian_trace.h"

#include "base/mem.h"
#include "mirror/listed.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FOLDER    "project/trace"
#define HIERARCHY "_hierarchy"
#define TRACES    "_traces"
#define MIRROR    ".mirror" /* after the name of what mirrors of this one take as theirs */
#define MARKER    "Archive-Update-in-Progress-"

enum {
	TEXT_MAX_BYTES = 1 << 20,
	TRACES_MAX = 1000,
};

/* Names of days and months are those of C's locale, which is never set to another one here. */

/** As date -u prints it. */
static void add_first_line(struct buf *b, time_t at)
{
	char text[64];
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL && strftime(text, sizeof(text), "%a %b %e %H:%M:%S UTC %Y", &tm) > 0)
		(void)buf_printf(b, "%s\n", text);
}

/** As mail has it (RFC 5322, section 3.3). */
static void add_date(struct buf *b, const char *label, time_t at)
{
	char text[64];
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL && strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm) > 0)
		(void)buf_printf(b, "%s: %s\n", label, text);
}

static void add_line(struct buf *b, const char *label, const char *value)
{
	if (value != NULL && *value != '\0')
		(void)buf_printf(b, "%s: %s\n", label, value);
}

void debian_trace_text(const struct debian_trace *t, struct buf *b)
{
	uint64_t total_s = t->stage1_s + t->stage2_s;

	add_first_line(b, t->ended);
	add_date(b, "Date", t->ended);
	add_date(b, "Date-Started", t->started);
	if (t->serial != 0)
		(void)buf_printf(b, "Archive serial: %" PRIu64 "\n", t->serial);
	else
		add_line(b, "Archive serial", "unknown");
	(void)buf_printf(b, "Creator: fontaine %s\n", t->version);
	add_line(b, "Running on host", t->machine);
	add_line(b, "Maintainer", t->maintainer);
	add_line(b, "Sponsor", t->sponsor);
	add_line(b, "Country", t->country);
	add_line(b, "Location", t->location);
	add_line(b, "Throughput", t->throughput);
	add_line(b, "Trigger", t->trigger);
	add_line(b, "Architectures", t->architectures);
	if (!t->is_partial)
		add_line(b, "Architectures-Configuration", "ALL");
	else if (t->architectures != NULL)
		(void)buf_printf(b, "Architectures-Configuration: INCLUDE %s\n", t->architectures);
	add_line(b, "Upstream-mirror", t->upstream);
	add_line(b, "Rsync-Transport", "plain");
	(void)buf_printf(b, "Total bytes received in rsync: %" PRIu64 "\n", t->bytes);
	(void)buf_printf(b, "Total time spent in stage1 rsync: %" PRIu64 "\n", t->stage1_s);
	(void)buf_printf(b, "Total time spent in stage2 rsync: %" PRIu64 "\n", t->stage2_s);
	(void)buf_printf(b, "Total time spent in rsync: %" PRIu64 "\n", total_s);
	if (total_s > 0)
		(void)buf_printf(b, "Average rate: %" PRIu64 " B/s\n", t->bytes / total_s);
}

/** Append the line that @t adds to _hierarchy. */
static void hierarchy_line(const struct debian_trace *t, struct buf *b)
{
	(void)buf_printf(b, "%s %s %s %s\n", t->host, t->host, t->machine, t->upstream);
}

int debian_trace_serial(const char *text, uint64_t *ret)
{
	static const char label[] = "Archive serial: ";

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, label, strlen(label)) != 0)
			continue;
		line += strlen(label);
		return listed_number(line, strcspn(line, " \r\n"), ret);
	}
	return -EINVAL;
}

uint64_t debian_serial(const struct tree *t)
{
	uint64_t serial = 0;
	struct buf b;

	buf_init(&b, TEXT_MAX_BYTES);
	if (tree_read(t, FOLDER "/master", &b) == 0 && b.data != NULL)
		(void)debian_trace_serial(b.data, &serial);
	buf_done(&b);
	return serial;
}

char *debian_marker(const char *host, char ret[DEBIAN_MARKER_MAX])
{
	(void)snprintf(ret, DEBIAN_MARKER_MAX, MARKER "%s", host);
	return ret;
}

bool debian_is_foreign_marker(const char *name, const char *own)
{
	return strncmp(name, MARKER, strlen(MARKER)) == 0 && strcmp(name + strlen(MARKER), own) != 0;
}

/** Called with the name of a marker at the archive's top. Return: not 0 ends the walk. */
typedef int (*on_marker)(int fd, const char *name, void *data);

static int walk_markers(int fd, on_marker on_one, void *data)
{
	int rc = 0, own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;

	if (dir == NULL)
		return -errno;
	for (const struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir))
		if (strncmp(e->d_name, MARKER, strlen(MARKER)) == 0)
			rc = on_one(fd, e->d_name, data);
	(void)closedir(dir);
	return rc;
}

struct search {
	const char *own;
	int64_t now_s;
	char *found;
};

static int compare_marker(int fd, const char *name, void *data)
{
	const struct search *s = data;
	struct stat st;

	if (!debian_is_foreign_marker(name, s->own) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    llabs(s->now_s - st.st_mtime) >= DEBIAN_MARKER_AGE_S)
		return 0;
	(void)snprintf(s->found, DEBIAN_MARKER_MAX, "%s", name);
	return 1;
}

int debian_marker_find(int fd, const char *own, int64_t now_s, char ret[DEBIAN_MARKER_MAX])
{
	return walk_markers(fd, compare_marker, &(struct search){own, now_s, ret});
}

static int drop_marker(int fd, const char *name, void *data)
{
	(void)data;
	return unlinkat(fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

int debian_marker_drop(int fd)
{
	return walk_markers(fd, drop_marker, NULL);
}

/** Add what upstream's folder has of its own way here: what it leaves for its mirrors, or else its own. */
static int add_hierarchy(int folder, struct buf *b)
{
	const struct tree t = {.fd = folder, .below_fd = -1};
	int rc = tree_read(&t, HIERARCHY MIRROR, b);

	if (rc == -ENOENT)
		rc = tree_read(&t, HIERARCHY, b);
	if (rc == 0 && b->len > 0 && b->data[b->len - 1] != '\n')
		(void)buf_add(b, "\n", 1);
	return rc == -ENOENT ? 0 : rc;
}

struct trace_file {
	char *name;
	struct timespec at;
};

static int compare_files(const void *a, const void *b)
{
	const struct trace_file *x = a, *y = b;

	if (x->at.tv_sec != y->at.tv_sec)
		return x->at.tv_sec < y->at.tv_sec ? -1 : 1;
	if (x->at.tv_nsec != y->at.tv_nsec)
		return x->at.tv_nsec < y->at.tv_nsec ? -1 : 1;
	return strcmp(x->name, y->name);
}

/** The folder's trace files. Return: how many. */
static size_t list_traces(int folder, DIR *dir, struct trace_file files[TRACES_MAX])
{
	size_t n = 0;
	struct stat st;

	for (const struct dirent *e = readdir(dir); e != NULL && n < TRACES_MAX; e = readdir(dir)) {
		if (e->d_name[0] == '_' || e->d_name[0] == '.' || strchr(e->d_name, '\n') != NULL ||
		    fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		files[n++] = (struct trace_file){mem_strdup(e->d_name), st.st_mtim};
	}
	return n;
}

/** Add the names of the folder's trace files, the oldest first. */
static int add_traces(int folder, struct buf *b)
{
	struct trace_file files[TRACES_MAX];
	int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;

	if (dir == NULL)
		return -errno;
	size_t n = list_traces(folder, dir, files);
	(void)closedir(dir);
	if (n > 0)
		qsort(files, n, sizeof(*files), compare_files);
	for (size_t i = 0; i < n; i++) {
		(void)buf_printf(b, "%s\n", files[i].name);
		free(files[i].name);
	}
	return 0;
}

static int open_folder(int fd)
{
	int project = tree_open_below(fd, "project", O_RDONLY | O_DIRECTORY);

	if (project == -ENOENT && mkdirat(fd, "project", 0755) == 0)
		project = tree_open_below(fd, "project", O_RDONLY | O_DIRECTORY);
	if (project < 0)
		return project;
	if (mkdirat(project, "trace", 0755) < 0 && errno != EEXIST) {
		int rc = -errno;
		(void)close(project);
		return rc;
	}
	(void)close(project);
	return tree_open_below(fd, FOLDER, O_RDONLY | O_DIRECTORY);
}

static int put(int folder, const char *name, const struct buf *b)
{
	return tree_put(folder, name, buf_text(b), b->len);
}

int debian_trace_put(int fd, const struct debian_trace *t)
{
	struct buf trace, hierarchy, traces;

	assert(tree_path_is_safe(t->host) && strchr(t->host, '/') == NULL);
	int folder = open_folder(fd);
	if (folder < 0)
		return folder;
	buf_init(&trace, TEXT_MAX_BYTES);
	buf_init(&hierarchy, TEXT_MAX_BYTES);
	buf_init(&traces, TEXT_MAX_BYTES);
	debian_trace_text(t, &trace);
	int rc = add_hierarchy(folder, &hierarchy);
	hierarchy_line(t, &hierarchy);
	if (rc == 0)
		rc = put(folder, t->host, &trace);
	if (rc == 0)
		rc = put(folder, HIERARCHY, &hierarchy);
	if (rc == 0)
		rc = put(folder, HIERARCHY MIRROR, &hierarchy);
	if (rc == 0)
		rc = add_traces(folder, &traces);
	if (rc == 0)
		rc = put(folder, TRACES, &traces);
	buf_done(&trace);
	buf_done(&hierarchy);
	buf_done(&traces);
	(void)close(folder);
	return rc;
}
