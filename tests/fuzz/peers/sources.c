/*
 * What says how sessions and ports are: BIRD at its control socket (base/bird.h), switches and collectors in JSON
 * (peers/links.h). Whatever they say, names and reasons can be shown and written as JSON.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "base/bird.h"
#include "base/utf8.h"
#include "peers/links.h"

static void check(const char *text, size_t size)
{
	struct utf8 u = {0};

	assert(strnlen(text, size) < size);
	for (const char *c = text; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && utf8_take(&u, (uint8_t)*c));
	assert(utf8_is_whole(&u));
}

static void on_session(const struct bird_session *s, void *data)
{
	(void)data;
	check(s->name, sizeof(s->name));
	check(s->address, sizeof(s->address));
	check(s->error, sizeof(s->error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), error[LINKS_ERROR_MAX] = "", started[BIRD_WORD_MAX];
	struct subject_seen *all;
	size_t n;

	(void)bird_sessions(text, on_session, NULL);
	assert(strlen(bird_started(text, started)) < sizeof(started));
	if (links_read(text, strlen(text), 1773480413, 120, &all, &n, error) == 0) {
		for (size_t i = 0; i < n; i++)
			check(all[i].name, sizeof(all[i].name));
		free(all);
	} else {
		assert(error[0] != '\0');
	}
	free(text);
	return 0;
}
