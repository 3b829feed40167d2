/* SPDX-License-Identifier: MIT */
#include "mirror/rsync.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_S = 60,
	PROBE_MAX_BYTES = 1 << 20,
};

static void add(struct command *c, char *argument_take)
{
	c->argv = (char **)mem_resize((void *)c->argv, c->n + 2, sizeof(*c->argv));
	c->argv[c->n++] = argument_take;
	c->argv[c->n] = NULL;
}

static void add_all(struct command *c, const char *const *arguments)
{
	for (; *arguments != NULL; arguments++)
		add(c, mem_strdup(*arguments));
}

struct command command_of(const char *path)
{
	struct command c = {.argv = NULL};

	add(&c, mem_strdup(path));
	return c;
}

void command_free(struct command *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->argv[i]);
	free((void *)c->argv);
	*c = (struct command){.argv = NULL};
}

static bool is_remote(const struct rsync_job *job)
{
	return strncmp(job->from, "rsync://", 8) == 0;
}

static struct command begin(const struct rsync_job *job)
{
	static const char *const always[] = {
		"rsync",
		"--links",
		"--safe-links",
		"--hard-links",
		"--no-devices",
		"--no-specials",
		"--times",
		"--omit-dir-times", /* those of ours change as files come and go */
		"--perms",
		"--chmod=D755,F644",
		"--modify-window=-1", /* files of one second may differ */
		"--no-motd",
		"--no-human-readable",
		NULL,
	};
	struct command c = {.argv = NULL};

	add_all(&c, always);
	if (is_remote(job)) {
		add(&c, mem_printf("--contimeout=%d", CONNECT_S));
		add(&c, mem_printf("--timeout=%u", job->silence_s));
	}
	for (size_t i = 0; i < job->n_exclude; i++)
		add(&c, mem_printf("--filter=- %s", job->exclude[i]));
	if (job->kept != NULL)
		add(&c, mem_printf("--filter=P %s", job->kept));
	return c;
}

/** A tree's address ends in one slash: its contents are meant. */
static char *tree(const char *path)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	return mem_printf("%.*s/", (int)len, path);
}

static void end(struct command *c, const struct rsync_job *job)
{
	add(c, mem_strdup("--"));
	add(c, tree(job->from));
	add(c, tree(job->to));
}

/** As mirror/listing.h reads it. */
static void add_printing(struct command *c)
{
	add(c, mem_strdup("--recursive"));
	add(c, mem_strdup("--stats"));
	add(c, mem_strdup("--out-format=|%i|%l|%n"));
}

struct command rsync_list(const struct rsync_job *job)
{
	struct command c = begin(job);

	add(&c, mem_strdup("--dry-run"));
	add(&c, mem_strdup("--delete"));
	add_printing(&c);
	end(&c, job);
	return c;
}

static void add_transfer(struct command *c, const struct rsync_job *job)
{
	add(c, mem_strdup("--partial"));
	if (job->bandwidth_mbps > 0) /* in KiB/s */
		add(c, mem_printf("--bwlimit=%u", (unsigned)(job->bandwidth_mbps * 1000000ULL / 8 / 1024)));
}

struct command rsync_sync(const struct rsync_job *job)
{
	struct command c = begin(job);

	add(&c, mem_strdup("--delete-delay"));
	add(&c, mem_strdup("--whole-file")); /* to find what of an old file is in the new one costs the upstream more */
	add_printing(&c);
	add_transfer(&c, job);
	end(&c, job);
	return c;
}

struct command rsync_fetch(const struct rsync_job *job)
{
	struct command c = begin(job);

	add(&c, mem_strdup("--stats"));
	add(&c, mem_strdup("--force")); /* a folder may have become a file */
	if (job->compare != NULL)
		add(&c, mem_printf("--compare-dest=%s", job->compare));
	if (job->link != NULL)
		add(&c, mem_printf("--link-dest=%s", job->link));
	if (job->names == NULL)
		add(&c, mem_strdup("--recursive"));
	else
		add(&c, mem_printf("--files-from=%s", job->names));
	add(&c, mem_strdup("--from0"));
	add_transfer(&c, job);
	end(&c, job);
	return c;
}

struct command rsync_probe(const struct rsync_job *job)
{
	struct command c = begin(job);

	add(&c, mem_strdup("--ignore-times"));
	add(&c, mem_printf("--max-size=%d", PROBE_MAX_BYTES));
	add(&c, mem_strdup("--"));
	add(&c, mem_strdup(job->from));
	add(&c, mem_strdup(job->to));
	return c;
}

uint64_t rsync_received(const char *said)
{
	static const char key[] = "Total bytes received: ";
	const char *at = strstr(said, key);

	return at == NULL ? 0 : strtoull(at + sizeof(key) - 1, NULL, 10);
}
