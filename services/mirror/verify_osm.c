/*
 * OpenStreetMap's planet: beside a file its hash (NAME.md5), whose file must be there; and the state.txt of
 * a folder of changes, whose number N says that NNN/NNN/NNN.osc.gz and .state.txt are there.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/osm.h"
#include "mirror/sums.h"
#include "mirror/verify.h"

#include <string.h>

enum { TEXT_MAX_BYTES = 65536 };

/** A file that must be there. */
static int require(struct verify *v, const char *folder, const char *name, const char *index)
{
	char path[TREE_PATH_MAX];

	if (!verify_join(folder, name, path)) {
		verify_unsafe(v, name, index);
		return 0;
	}
	return verify_listed(v, &(struct listed){.path = path, .size = LISTED_ANY_SIZE}, index, false);
}

static bool read_age(struct verify *v, const char *path, struct verify_age *ret)
{
	struct osm_state state = {0};
	struct buf b;

	buf_init(&b, TEXT_MAX_BYTES);
	bool is_read = verify_read(v, path, &b) && osm_state_parse(buf_text(&b), &state) == 0;
	buf_done(&b);
	*ret = (struct verify_age){state.sequence, state.date};
	return is_read;
}

static int check_state(struct verify *v, const char *index, const char *text)
{
	char folder[TREE_PATH_MAX], name[OSM_NAME_MAX];
	struct osm_state state;
	int rc;

	if (osm_state_parse(text, &state) < 0) {
		verify_malformed(v, index, "has no sequenceNumber or no timestamp");
		return 0;
	}
	if (state.date > v->date)
		v->date = state.date;
	verify_follows(v, index, read_age);
	verify_folder(index, folder);
	rc = require(v, folder, osm_name(state.sequence, "osc.gz", name), index);
	return rc < 0 ? rc : require(v, folder, osm_name(state.sequence, "state.txt", name), index);
}

static int check_md5(struct verify *v, const char *index, const char *text)
{
	char folder[TREE_PATH_MAX], name[TREE_PATH_MAX], named[TREE_PATH_MAX];
	struct listed f = {.path = named, .size = LISTED_ANY_SIZE};

	verify_folder(index, folder);
	if (!sums_read(text, strcspn(text, "\n"), &f.checksum, name)) {
		verify_malformed(v, index, "is no line of md5sum");
		return 0;
	}
	if (!verify_join(folder, name, named)) {
		verify_unsafe(v, name, index);
		return 0;
	}
	return exclude_matches(&v->exclude, named) ? 0 : verify_listed(v, &f, index, false);
}

struct check {
	int (*check)(struct verify *v, const char *index, const char *text);
};

static int on_file(struct verify *v, const char *path, void *data)
{
	const struct check *c = data;
	struct buf b;
	int rc = 0;

	buf_init(&b, TEXT_MAX_BYTES);
	if (verify_read(v, path, &b))
		rc = c->check(v, path, buf_text(&b));
	buf_done(&b);
	return rc;
}

int verify_osm(struct verify *v)
{
	struct check md5 = {check_md5}, state = {check_state};
	int rc = verify_walk(v, &(struct verify_walk){"", "", ".md5", on_file, &md5});

	return rc < 0 ? rc : verify_walk(v, &(struct verify_walk){"", "state.txt", "state.txt", on_file, &state});
}
