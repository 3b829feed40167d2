/* SPDX-License-Identifier: MIT */
#include "net/archive_deletion.h"

#include "base/html.h"
#include "base/mem.h"
#include "net/reply.h"
#include "store/result_table.h"

#include <errno.h>
#include <stdlib.h>

static const struct texts {
	const char *heading, *button;
	const char *deletions[DELETION_REFUSED + 1];
} texts[LANGUAGES] = {
	[LANGUAGE_EN] = {
		.heading = "Delete a result",
		.button = "Delete it for good",
		.deletions = {
			"The result will be gone for everyone. This cannot be undone.",
			"The result is deleted.",
			"This link does not delete that result: its key is another one.",
		},
	},
	[LANGUAGE_FR] = {
		.heading = "Effacer un résultat",
		.button = "Effacer définitivement",
		.deletions = {
			"Le résultat disparaîtra pour tout le monde. C’est sans retour.",
			"Le résultat est effacé.",
			"Ce lien n’efface pas ce résultat : sa clé est une autre.",
		},
	},
};

void archive_deletion_page(struct buf *page, enum archive_deletion deletion, enum language language)
{
	const struct texts *t = &texts[language];

	html_head(page, language, t->heading);
	html_body(page);
	(void)buf_printf(page, "<h1>%s</h1>\n<p>%s</p>\n", t->heading, t->deletions[deletion]);
	if (deletion == DELETION_ASKED) /* to this very URL, which has the key */
		(void)buf_printf(page, "<form method=\"post\"><button class=\"button\">%s</button></form>\n",
		                 t->button);
	html_end(page);
}

struct deletion_job {
	struct archive_job job;
	char *id;
	unsigned char key_hash[RESULT_KEY_HASH_BYTES];
	bool delete_it; /* else only ask */
	enum language language;
};

static void reply_page(const struct deletion_job *j, int rc)
{
	enum archive_deletion right = j->delete_it ? DELETION_DONE : DELETION_ASKED;
	struct buf page;

	buf_init(&page, ARCHIVE_PAGE_MAX_BYTES);
	archive_deletion_page(&page, rc == 0 ? right : DELETION_REFUSED, j->language);
	http_reply(j->job.request, &(struct http_reply){.status = rc == 0 ? 200 : 403,
	                                                .type = "text/html; charset=utf-8",
	                                                .headers = ARCHIVE_PAGE_HEADERS,
	                                                .body = page.data,
	                                                .body_bytes = page.len});
	buf_done(&page);
}

/* Delete the result if the key is its own, or only say whether it is. */
static int check_and_delete(sqlite3 *db, struct archive_job *job)
{
	struct deletion_job *j = (struct deletion_job *)job;
	int rc = result_table_check_key(db, j->id, j->key_hash);

	return rc == 0 && j->delete_it ? result_table_delete(db, j->id) : rc;
}

static void on_checked(struct archive_job *job, int rc)
{
	struct deletion_job *j = (struct deletion_job *)job;

	if (rc == 0 && j->delete_it)
		archive_count(job->archive, ARCHIVE_DELETED);
	if (job->request != NULL && (rc == 0 || rc == -EACCES))
		reply_page(j, rc);
	else if (job->request != NULL)
		archive_reply_failure(job->request, rc);
	archive_job_done(job);
	free(j->id);
	free(j);
}

void archive_delete(struct archive *a, struct http_request *r, const char *id, enum language otherwise)
{
	struct deletion_job *j = mem_new(sizeof(*j));
	char key[ARCHIVE_KEY_DIGITS + 1] = "";

	archive_job_init(&j->job, a, r);
	(void)http_request_query(r, "key", key, sizeof(key)); /* without one it is a wrong one */
	archive_key_hash(key, j->key_hash);
	j->id = mem_strdup(id);
	j->delete_it = r->method == HTTP_METHOD_POST;
	j->language = reply_language(r, otherwise);
	j->job.work = check_and_delete;
	j->job.on_done = on_checked;
	archive_job_run(&j->job);
}
