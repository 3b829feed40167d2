/* SPDX-License-Identifier: MIT */
#include "mirror/status_json.h"

#include "base/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum {
	STATUS_MAX = 128,
	SIZE_MAX_LEN = 24,
};

/* What Go has for no time at all: the first second of the year 1. */
#define NEVER (-62135596800)

/** "596G", in units of 1024; "unknown". */
static void write_size(int64_t bytes, char ret[SIZE_MAX_LEN])
{
	static const char units[] = "BKMGTPE";
	double n = (double)bytes;
	size_t unit = 0;

	for (; n >= 1024 && unit + 2 < sizeof(units); unit++)
		n /= 1024;
	if (bytes < 0)
		(void)snprintf(ret, SIZE_MAX_LEN, "unknown");
	else
		(void)snprintf(ret, SIZE_MAX_LEN, n < 10 && unit > 0 ? "%.1f%c" : "%.0f%c", n, units[unit]);
}

/** One letter with its time, which is left out when it is not known. */
static int add_letter(char ret[STATUS_MAX], int used, char letter, int64_t at)
{
	int n = at > 0 ? snprintf(ret + used, (size_t)(STATUS_MAX - used), "%c%" PRId64, letter, at)
	               : snprintf(ret + used, (size_t)(STATUS_MAX - used), "%c", letter);

	return used + n;
}

/** One main letter, then when it runs next, and when it was good if it is not now. */
static void write_mirrorz_status(const struct project_status *p, char ret[STATUS_MAX])
{
	static const char letters[PROJECT_STATES] = {
		[PROJECT_NEW] = 'U',
		[PROJECT_DONE] = 'S',
		[PROJECT_RUNNING] = 'Y',
		[PROJECT_FAILED] = 'F',
		[PROJECT_HELD] = 'F',
		[PROJECT_STOPPED] = 'P',
	};
	const int64_t times[PROJECT_STATES] = {
		[PROJECT_DONE] = p->good,
		[PROJECT_RUNNING] = p->started,
		[PROJECT_FAILED] = p->ended,
		[PROJECT_HELD] = p->ended,
		[PROJECT_STOPPED] = p->stopped,
	};
	int used = add_letter(ret, 0, letters[p->state], times[p->state]);

	if (p->next > 0)
		used = add_letter(ret, used, 'X', p->next);
	if (p->good > 0 && p->state != PROJECT_DONE)
		(void)add_letter(ret, used, 'O', p->good);
}

static yyjson_mut_val *mirrorz_site(yyjson_mut_doc *d, const struct site_status *site)
{
	yyjson_mut_val *o = yyjson_mut_obj(d);

	json_add_text(d, o, "url", site->url);
	json_add_text(d, o, "abbr", site->abbreviation);
	if (site->name != NULL)
		json_add_text(d, o, "name", site->name);
	if (site->mail != NULL)
		json_add_text(d, o, "email", site->mail);
	return o;
}

static yyjson_mut_val *mirrorz_mirror(yyjson_mut_doc *d, const struct project_status *p)
{
	char status[STATUS_MAX], size[SIZE_MAX_LEN];
	yyjson_mut_val *o = yyjson_mut_obj(d);

	write_mirrorz_status(p, status);
	write_size(p->bytes, size);
	json_add_text(d, o, "cname", p->name);
	json_add_text(d, o, "desc", p->description != NULL ? p->description : "");
	json_add_text(d, o, "url", p->path);
	json_add_text(d, o, "status", status);
	json_add_text(d, o, "help", "");
	json_add_text(d, o, "upstream", p->upstream);
	json_add_text(d, o, "size", p->bytes >= 0 ? size : "");
	return o;
}

char *status_mirrorz(const struct site_status *site, const struct project_status *all, size_t n)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_real(d, root, "version", 1.7);
	yyjson_mut_obj_add_val(d, root, "site", mirrorz_site(d, site));
	yyjson_mut_obj_add_val(d, root, "info", yyjson_mut_arr(d));
	yyjson_mut_val *mirrors = yyjson_mut_obj_add_arr(d, root, "mirrors");
	for (size_t i = 0; i < n; i++)
		yyjson_mut_arr_append(mirrors, mirrorz_mirror(d, &all[i]));
	return json_take(d, root);
}

/** A time as text and, with "_ts", as a number. */
static void add_time(yyjson_mut_doc *d, yyjson_mut_val *o, const char *const keys[2], int64_t at)
{
	time_t moment = at > 0 ? at : NEVER;
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&moment, &tm) != NULL)
		(void)snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d +0000", tm.tm_year + 1900,
		               tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	json_add_text(d, o, keys[0], text);
	yyjson_mut_obj_add_sint(d, o, keys[1], moment);
}

static yyjson_mut_val *job(yyjson_mut_doc *d, const struct project_status *p)
{
	static const char *const states[PROJECT_STATES] = {
		[PROJECT_NEW] = "none",
		[PROJECT_DONE] = "success",
		[PROJECT_RUNNING] = "syncing",
		[PROJECT_FAILED] = "failed",
		[PROJECT_HELD] = "failed",
		[PROJECT_STOPPED] = "paused",
	};
	char size[SIZE_MAX_LEN];
	yyjson_mut_val *o = yyjson_mut_obj(d);

	write_size(p->bytes, size);
	json_add_text(d, o, "name", p->name);
	yyjson_mut_obj_add_bool(d, o, "is_master", true);
	json_add_text(d, o, "status", states[p->state]);
	add_time(d, o, (const char *const[]){"last_update", "last_update_ts"}, p->good);
	add_time(d, o, (const char *const[]){"last_started", "last_started_ts"}, p->started);
	add_time(d, o, (const char *const[]){"last_ended", "last_ended_ts"}, p->ended);
	add_time(d, o, (const char *const[]){"next_schedule", "next_schedule_ts"}, p->next);
	json_add_text(d, o, "upstream", p->upstream);
	json_add_text(d, o, "size", size);
	return o;
}

char *status_jobs(const struct project_status *all, size_t n)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_arr(d);

	for (size_t i = 0; i < n; i++)
		yyjson_mut_arr_append(root, job(d, &all[i]));
	return json_take(d, root);
}
