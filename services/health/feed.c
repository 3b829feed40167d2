/* SPDX-License-Identifier: MIT */
#include "health/feed.h"

#include "base/html.h"
#include "base/mem.h"
#include "base/utc.h"
#include "store/db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	FEED_MAX_BYTES = 1 << 18, /* of some hundred bytes an entry, of which SQL gives 100 */
	HTTPS_PORT = 443,
	MINUTE_S = 60,
};

/** What it says, by language. */
struct words {
	const char *title, *down, *over, *began, *ended, *reason;
};

static const struct words words[LANGUAGES] = {
	[LANGUAGE_EN] = {"Outages", "down", "was down, up again", "Began", "ended", "Reason"},
	[LANGUAGE_FR] = {"Pannes", "hors service", "était hors service", "Début", "fin", "Raison"},
};

static const struct {
	const char *service, *names[LANGUAGES];
} names[POP_SERVICES] = {
	{"pages", {"Pages", "Pages"}},
	{"speedtest", {"Speed test", "Test de débit"}},
	{"ipv6test", {"IPv6 test", "Test IPv6"}},
	{"turn", {"Packet-loss test", "Test de perte de paquets"}},
	{"ntp", {"Time", "Heure"}},
	{"resolver", {"DNS resolver", "Résolveur DNS"}},
	{"authoritative", {"Authoritative DNS", "DNS faisant autorité"}},
	{"as112", {"AS112", "AS112"}},
	{"rdns", {"Reverse DNS", "DNS inverse"}},
	{"mirror", {"Mirrors", "Miroirs"}},
};

struct feed {
	struct buf b;
	const struct pop *pop;
	enum language language;
	char *site; /* the POP's pages, without a slash */
};

static const char *name_of(const char *service, enum language language)
{
	for (size_t i = 0; i < POP_SERVICES; i++)
		if (strcmp(names[i].service, service) == 0)
			return names[i].names[language];
	return service;
}

static void add_element(struct buf *b, const char *tag, const char *text)
{
	(void)buf_printf(b, "<%s>", tag);
	html_add_escaped(b, text);
	(void)buf_printf(b, "</%s>\n", tag);
}

static void add_time(struct buf *b, const char *tag, int64_t time_s)
{
	char text[UTC_TEXT_MAX];

	add_element(b, tag, utc_text(time_s, text));
}

static void add_summary(struct feed *f, int64_t began_s, int64_t ended_s, const char *reason)
{
	const struct words *w = &words[f->language];
	char began[UTC_TEXT_MAX], ended[UTC_TEXT_MAX];

	(void)buf_printf(&f->b, "<summary>%s %s", w->began, utc_text(began_s, began));
	if (ended_s > 0)
		(void)buf_printf(&f->b, ", %s %s (%" PRId64 " min)", w->ended, utc_text(ended_s, ended),
		                 (ended_s - began_s + MINUTE_S - 1) / MINUTE_S);
	(void)buf_printf(&f->b, ". %s: ", w->reason);
	html_add_escaped(&f->b, reason);
	html_add(&f->b, "</summary>\n</entry>\n");
}

/** @s: a row of what feed_write() selects. */
static void add_entry(struct feed *f, sqlite3_stmt *s)
{
	int64_t began_s = sqlite3_column_int64(s, 0), ended_s = sqlite3_column_int64(s, 1);
	const char *service = db_text(s, 2), *reason = db_text(s, 3);
	const struct words *w = &words[f->language];
	char *page = mem_printf("%s/status/#%s-%" PRId64, f->site, service, began_s);
	char *title = mem_printf("%s: %s", name_of(service, f->language), ended_s > 0 ? w->over : w->down);

	html_add(&f->b, "<entry>\n");
	add_element(&f->b, "id", page);
	add_element(&f->b, "title", title);
	(void)buf_printf(&f->b, "<link href=\"%s\"/>\n", page);
	add_time(&f->b, "published", began_s);
	add_time(&f->b, "updated", ended_s > 0 ? ended_s : began_s);
	add_summary(f, began_s, ended_s, reason);
	free(title);
	free(page);
}

static void add_head(struct feed *f, int64_t updated_s)
{
	const char *tag = language_tags[f->language];
	char *self = mem_printf("%s/status.atom?language=%s", f->site, tag);
	char *title = mem_printf("%s: %s", f->pop->site->title, words[f->language].title);

	(void)buf_printf(&f->b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	                        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
	                 tag);
	add_element(&f->b, "id", self);
	add_element(&f->b, "title", title);
	add_time(&f->b, "updated", updated_s);
	(void)buf_printf(&f->b, "<link rel=\"self\" href=\"%s\"/>\n<link href=\"%s/status/\"/>\n<author>\n", self,
	                 f->site);
	add_element(&f->b, "name", f->pop->site->operated_by->name);
	html_add(&f->b, "</author>\n");
	free(title);
	free(self);
}

/** When the feed changed last: the first event of all is its beginning. Return: as db_exec(). */
static int read_updated(sqlite3 *db, int64_t *ret_s)
{
	return db_number(db, "SELECT coalesce((SELECT max(changed) FROM outage), (SELECT min(time) FROM event), 0)",
	                 ret_s);
}

static int add_entries(struct feed *f, sqlite3 *db)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT began, ended, name, reason FROM outage ORDER BY changed DESC LIMIT 100", &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0)
		add_entry(f, s);
	(void)sqlite3_finalize(s);
	return rc;
}

int feed_write(sqlite3 *db, const struct pop *pop, enum language language, char **ret)
{
	uint16_t port = pop->services->pages->https_port;
	struct feed f = {.pop = pop, .language = language};
	int64_t updated_s = 0;
	int rc = read_updated(db, &updated_s);

	if (rc < 0)
		return rc;
	f.site = port == HTTPS_PORT ? mem_printf("https://www.%s", pop->site->domain)
	                            : mem_printf("https://www.%s:%u", pop->site->domain, port);
	buf_init(&f.b, FEED_MAX_BYTES);
	add_head(&f, updated_s);
	rc = add_entries(&f, db);
	html_add(&f.b, "</feed>\n");
	if (rc == 0)
		*ret = buf_take_text(&f.b);
	else
		buf_done(&f.b);
	free(f.site);
	return rc;
}
