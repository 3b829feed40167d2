/* SPDX-License-Identifier: MIT */
#include "peers/notice.h"

#include "base/buf.h"
#include "base/json_write.h"
#include "base/utc.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TEXT_MAX_BYTES = 1 << 20 };

static const char *const kinds[] = {"port", "session"}; /* the same in both languages */

static const char *const event_words[] = {"", "restarted", "fell", "silent", "answers"}; /* of JSON */

/* What is said in each language. */
static const struct words {
	const char *states[WATCHED_STATES]; /* of what it is now */
	const char *again, *since, *after, *changes, *changes_since;
	const char *events[sizeof(event_words) / sizeof(*event_words)];
	const char *of, *at, *operators, *test, *test_text, *footer;
} words[LANGUAGES] = {
	[LANGUAGE_EN] =
	    {{"new", "up", "down", "flapping"},
             "again",
             "since",
             "after",
             "changes",
             "changes since",
             {"", "was started anew: members are told later, of what does not come back",
              "much went down at once: members are told later, of what stays down",
              "does not answer: how its sessions or ports are is not known", "answers again"},
             "of",
             "at",
             "notices",
             "test",
             "This is a test: nothing has happened.",
             "Times are UTC. Sent because it was asked for, by a machine: to change or end it, and for questions:"},
	[LANGUAGE_FR] =
	    {{"nouveau", "en service", "hors service", "instable"},
             "de nouveau",
             "depuis",
             "après",
             "changements",
             "changements depuis",
             {"", "a redémarré\u00a0: les membres ne seront avertis que plus tard, de ce qui ne revient pas",
              "beaucoup est tombé d’un coup\u00a0: les membres seront avertis de ce qui ne revient pas",
              "ne répond pas\u00a0: l’état de ses sessions ou ports n’est pas connu", "répond de nouveau"},
             "sur",
             "à",
             "avis",
             "essai",
             "Ceci est un essai\u00a0: rien ne s’est produit.",
             "Heures en UTC. Envoyé par une machine, parce que demandé\u00a0; "
             "pour le changer ou l’arrêter, et pour toute question\u00a0:"},
};

/** "192.0.2.9", or the name where there is no address. */
static const char *title_of(const struct subject *s)
{
	return s->seen.address[0] != '\0' ? s->seen.address : s->seen.name;
}

static void add_change(struct buf *b, const struct subject *s, const struct words *w, bool with_asn)
{
	char since[UTC_TEXT_MAX];

	(void)buf_printf(b, "- ");
	if (with_asn && s->seen.asn != 0)
		(void)buf_printf(b, "AS%" PRIu32 ", ", s->seen.asn);
	(void)buf_printf(b, "%s %s, %s: ", kinds[s->is_session], title_of(s), s->source);
	if (s->w.told == WATCHED_FLAPPING) {
		(void)buf_printf(b, "%s, %u %s %s\n", w->states[WATCHED_FLAPPING], s->n_changes, w->changes_since,
		                 utc_text(s->w.changes_s, since));
		return;
	}
	(void)buf_printf(b, "%s%s%s %s %s", s->w.told == WATCHED_UP ? w->again : "", s->w.told == WATCHED_UP ? " " : "",
	                 w->states[s->w.told], w->since, utc_text(s->w.since_s, since));
	if (s->was == WATCHED_FLAPPING)
		(void)buf_printf(b, ", %s %u %s", w->after, s->n_changes, w->changes);
	if (s->w.told == WATCHED_DOWN && s->seen.error[0] != '\0')
		(void)buf_printf(b, " (%s)", s->seen.error);
	(void)buf_printf(b, "\n");
}

/** "2 down, 1 up" */
static void add_counts(struct buf *b, const struct notice_about *a, const struct words *w)
{
	static const enum watched_told order[] = {WATCHED_DOWN, WATCHED_UP, WATCHED_FLAPPING};
	const char *between = "";

	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
		size_t n = 0;
		for (size_t i = 0; i < a->n_changes; i++)
			n += a->changes[i]->w.told == order[k];
		if (n > 0)
			(void)buf_printf(b, "%s%zu %s", between, n, w->states[order[k]]);
		between = n > 0 ? ", " : between;
	}
}

static void add_who(struct buf *b, const struct notice_about *a, const struct words *w)
{
	if (a->asn == 0)
		(void)buf_printf(b, "%s", w->operators);
	else if (a->name != NULL)
		(void)buf_printf(b, "%s (AS%" PRIu32 ")", a->name, a->asn);
	else
		(void)buf_printf(b, "AS%" PRIu32, a->asn);
}

static char *subject_of(const struct notice_about *a, const struct words *w)
{
	struct buf b;

	buf_init(&b, TEXT_MAX_BYTES);
	(void)buf_printf(&b, "[%s] ", a->pop->site->title);
	add_who(&b, a, w);
	(void)buf_printf(&b, ": ");
	if (a->is_test)
		(void)buf_printf(&b, "%s", w->test);
	for (size_t i = 0; i < a->n_events; i++)
		(void)buf_printf(&b, "%s%s", i > 0 ? ", " : "", a->events[i]->name);
	if (a->n_events > 0 && a->n_changes > 0)
		(void)buf_printf(&b, "; ");
	add_counts(&b, a, w);
	return buf_take_text(&b);
}

struct notice notice_words(const struct notice_about *a, enum language language)
{
	const struct words *w = &words[language];
	struct buf b;

	buf_init(&b, TEXT_MAX_BYTES);
	add_who(&b, a, w);
	(void)buf_printf(&b, ", %s %s\n\n", w->at, a->pop->site->title);
	if (a->is_test)
		(void)buf_printf(&b, "%s\n", w->test_text);
	for (size_t i = 0; i < a->n_events; i++) {
		const struct subjects_source *e = a->events[i];
		(void)buf_printf(&b, "- %s: %s", e->name, w->events[e->event]);
		if (e->event == SUBJECTS_FELL)
			(void)buf_printf(&b, " (%zu %s %zu)", e->n_fell, w->of, e->n);
		else if (e->event == SUBJECTS_SILENT)
			(void)buf_printf(&b, " (%s)", e->error);
		(void)buf_printf(&b, "\n");
	}
	for (size_t i = 0; i < a->n_changes; i++)
		add_change(&b, a->changes[i], w, a->asn == 0);
	(void)buf_printf(&b, "\n-- \n%s %s\n", w->footer, a->pop->site->operated_by->contact);
	return (struct notice){subject_of(a, w), buf_take_text(&b)};
}

void notice_done(struct notice *n)
{
	free(n->subject);
	free(n->text);
}

static void change_json(yyjson_mut_doc *d, yyjson_mut_val *list, const struct subject *s)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	char since[UTC_TEXT_MAX];

	yyjson_mut_obj_add_str(d, o, "kind", kinds[s->is_session]);
	json_add_text(d, o, "source", s->source);
	json_add_text(d, o, "name", s->seen.name);
	json_add_text(d, o, "address", s->seen.address[0] != '\0' ? s->seen.address : NULL);
	if (s->seen.asn != 0)
		yyjson_mut_obj_add_uint(d, o, "asn", s->seen.asn);
	else
		yyjson_mut_obj_add_null(d, o, "asn");
	yyjson_mut_obj_add_str(d, o, "state", watched_words[s->w.told]);
	yyjson_mut_obj_add_str(d, o, "was", watched_words[s->was]);
	json_add_text(d, o, "since", utc_text(s->w.told == WATCHED_FLAPPING ? s->w.changes_s : s->w.since_s, since));
	yyjson_mut_obj_add_uint(d, o, "changes", s->n_changes);
	json_add_text(d, o, "error", s->seen.error[0] != '\0' ? s->seen.error : NULL);
}

char *notice_json(const struct notice_about *a)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	char at[UTC_TEXT_MAX];

	yyjson_mut_obj_add_str(d, root, "event", a->is_test ? "test" : "changed");
	json_add_text(d, root, "pop", a->pop->site->name);
	json_add_text(d, root, "at", utc_text(a->now_s, at));
	if (a->asn != 0) {
		yyjson_mut_obj_add_uint(d, root, "asn", a->asn);
		json_add_text(d, root, "network", a->name);
	} else {
		yyjson_mut_val *sources = yyjson_mut_obj_add_arr(d, root, "sources");
		for (size_t i = 0; i < a->n_events; i++) {
			const struct subjects_source *e = a->events[i];
			yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, sources);
			json_add_text(d, o, "name", e->name);
			yyjson_mut_obj_add_str(d, o, "event", event_words[e->event]);
			yyjson_mut_obj_add_uint(d, o, "down", e->n_fell);
			yyjson_mut_obj_add_uint(d, o, "of", e->n);
			json_add_text(d, o, "error", e->error[0] != '\0' ? e->error : NULL);
		}
	}
	yyjson_mut_val *changes = yyjson_mut_obj_add_arr(d, root, "changes");
	for (size_t i = 0; i < a->n_changes; i++)
		change_json(d, changes, a->changes[i]);
	return json_take(d, root);
}
