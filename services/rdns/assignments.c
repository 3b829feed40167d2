/* SPDX-License-Identifier: MIT */
#include "rdns/assignments.h"

#include "base/asn.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/ixf.h"
#include "base/mem.h"
#include "base/name.h"
#include "base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_MAX_BYTES = 64 << 20,
	NAME_MAX_BYTES = 200,
	SOURCE_TEXT_MAX = 32,
};

#define NONE SIZE_MAX

/* Columns of the CSV. */
enum {
	COLUMN_PREFIX,
	COLUMN_ASN,
	COLUMN_NAME,
	COLUMN_CONTACT,
	COLUMNS,
};

struct assignments {
	struct assignment *rows;
	size_t *around; /* of each row: the place of the longest prefix around it; NONE */
	size_t n_rows, room_rows;
	struct assignee *members;
	size_t n_members, room_members;
	bool is_sealed;
};

struct assignments *assignments_new(void)
{
	return mem_new(sizeof(struct assignments));
}

static void assignee_done(struct assignee *m)
{
	free((char *)m->name);
	free((char *)m->contact);
}

void assignments_free(struct assignments *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n_members; i++)
		assignee_done(&a->members[i]);
	free(a->members);
	free(a->rows);
	free(a->around);
	free(a);
}

/** @p with one element more: @size bytes, @n of them, room for @room. */
static void *grown(void *p, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return p;
	*room = n == 0 ? 64 : n * 2;
	return mem_resize(p, *room, size);
}

static void add_row(struct assignments *a, const struct assignment *row)
{
	assert(!a->is_sealed);
	a->rows = grown(a->rows, a->n_rows, &a->room_rows, sizeof(*a->rows));
	a->rows[a->n_rows++] = *row;
}

/** The same member may be added often: assignments_seal() keeps the first. */
static void add_member(struct assignments *a, uint32_t asn, const char *name, const char *contact)
{
	assert(!a->is_sealed);
	a->members = grown(a->members, a->n_members, &a->room_members, sizeof(*a->members));
	a->members[a->n_members] = (struct assignee){asn, mem_strdup(name), mem_strdup(contact), a->n_members};
	a->n_members++;
}

static void add_texts(struct assignments *a, uint32_t asn, char **texts, unsigned n, enum assignment_source source)
{
	for (unsigned i = 0; i < n; i++) {
		struct assignment row = {.asn = asn, .source = source};
		int rc = prefix_parse(texts[i], &row.prefix);
		assert(rc == 0); /* was checked with the POP file */
		(void)rc;
		add_row(a, &row);
	}
}

void assignments_add_pop(struct assignments *a, const struct pop *p)
{
	for (unsigned i = 0; i < p->n_members; i++) {
		const struct pop_member *m = &p->members[i];
		add_member(a, m->asn, m->name, m->n_contacts > 0 ? m->contacts[0] : NULL);
		add_texts(a, m->asn, m->prefixes, m->n_prefixes, ASSIGNED_IN_POP);
		add_texts(a, m->asn, m->peering, m->n_peering, ASSIGNED_PEERING);
	}
}

/** Whether @text names somebody: UTF-8 without control characters. */
static bool is_name(const char *text)
{
	struct utf8 u = {0};
	size_t len = strlen(text);

	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f' || !utf8_take(&u, (uint8_t)*c))
			return false;
	return len > 0 && len <= NAME_MAX_BYTES && utf8_is_whole(&u);
}

/** Whether the row names the columns. */
static bool is_heading(const struct csv_row *row)
{
	static const char *const names[COLUMNS] = {"prefix", "asn", "name", "contact"};

	for (unsigned i = 0; i < COLUMNS; i++)
		if (row->n != COLUMNS || strcmp(row->fields[i], names[i]) != 0)
			return false;
	return true;
}

/** What is wrong with a row, or NULL; then the row of the table in *ret. */
static const char *read_row(const struct csv_row *row, struct assignment *ret)
{
	if (row->n != COLUMNS)
		return "not four columns; write prefix,asn,name,contact";
	const char *prefix = row->fields[COLUMN_PREFIX];
	if (strchr(prefix, '/') == NULL || prefix_parse(prefix, &ret->prefix) < 0)
		return "the first column is no prefix; write it like 192.0.2.0/24 or 2001:db8::/32, no bits beyond "
		       "its length";
	if (asn_parse(row->fields[COLUMN_ASN], &ret->asn) < 0)
		return "the second column is no AS number of a member; write it like 64496 or AS64496";
	if (!is_name(row->fields[COLUMN_NAME]))
		return "the third column is no name; write the member's, at most 200 bytes of UTF-8";
	if (*row->fields[COLUMN_CONTACT] != '\0' && !name_is_mail(row->fields[COLUMN_CONTACT]))
		return "the fourth column is no mail address; write it like noc@example.net, or leave it empty";
	return NULL;
}

int assignments_add_csv(struct assignments *a, const char *text, size_t len, char reterr[ASSIGNMENTS_ERROR_MAX])
{
	struct csv c = csv_start(text, len);
	struct csv_row row;
	bool is_first = true;
	int rc;

	for (; (rc = csv_next(&c, &row)) != 0; is_first = false) {
		struct assignment found = {.source = ASSIGNED_IN_CSV, .line = c.line};
		const char *wrong = NULL;
		if (rc == -E2BIG)
			wrong = "too long; write prefix,asn,name,contact";
		else if (rc < 0)
			wrong = "not CSV; put a field with a comma or a quote into quotes";
		else if (is_first && is_heading(&row))
			continue;
		else
			wrong = read_row(&row, &found);
		if (wrong != NULL) {
			(void)snprintf(reterr, ASSIGNMENTS_ERROR_MAX, "line %u: %s", c.line, wrong);
			return -EINVAL;
		}
		const char *contact = row.fields[COLUMN_CONTACT];
		add_member(a, found.asn, row.fields[COLUMN_NAME], *contact == '\0' ? NULL : contact);
		add_row(a, &found);
	}
	return 0;
}

static void on_ixf_member(const struct ixf_member *m, void *data)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "AS%" PRIu32, m->asn);
	if (asn_is_usable(m->asn))
		add_member(data, m->asn, m->name != NULL && is_name(m->name) ? m->name : number, NULL);
}

static void on_ixf_address(uint32_t asn, const struct prefix *address, void *data)
{
	if (asn_is_usable(asn))
		add_row(data, &(struct assignment){.prefix = *address, .asn = asn, .source = ASSIGNED_IN_IXF});
}

int assignments_add_ixf(struct assignments *a, const char *text, size_t len, char reterr[ASSIGNMENTS_ERROR_MAX])
{
	const struct ixf_visitor v = {on_ixf_member, on_ixf_address, a};
	char error[IXF_ERROR_MAX];

	if (ixf_read(text, len, &v, error) == 0)
		return 0;
	(void)snprintf(reterr, ASSIGNMENTS_ERROR_MAX, "%s", error);
	return -EINVAL;
}

/* By prefix; of one prefix, the first source comes first. */
static int compare_rows(const void *a, const void *b)
{
	const struct assignment *x = a, *y = b;
	int by_prefix = prefix_compare(&x->prefix, &y->prefix);

	if (by_prefix != 0)
		return by_prefix;
	return x->source != y->source ? (int)x->source - (int)y->source : (x->line > y->line) - (x->line < y->line);
}

/* By AS number; of one, what was added first. */
static int compare_members(const void *a, const void *b)
{
	const struct assignee *x = a, *y = b;

	if (x->asn != y->asn)
		return x->asn < y->asn ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int compare_asn(const void *asn, const void *member)
{
	uint32_t wanted = *(const uint32_t *)asn, there = ((const struct assignee *)member)->asn;

	return (wanted > there) - (wanted < there);
}

/** Keep what the first source says of each, and the first contact. */
static void seal_members(struct assignments *a)
{
	struct assignee *m = a->members;
	size_t n = 0;

	if (a->n_members > 0)
		qsort(m, a->n_members, sizeof(*m), compare_members);
	for (size_t i = 0; i < a->n_members; i++) {
		if (n == 0 || m[n - 1].asn != m[i].asn) {
			m[n++] = m[i];
			continue;
		}
		if (m[n - 1].contact == NULL) {
			m[n - 1].contact = m[i].contact;
			m[i].contact = NULL;
		}
		assignee_done(&m[i]);
	}
	a->n_members = n;
}

/** The place of the longest prefix around @p among @i and those around it; NONE. */
static size_t around(const struct assignments *a, size_t i, const struct prefix *p)
{
	while (i != NONE && !prefix_covers(&a->rows[i].prefix, p))
		i = a->around[i];
	return i;
}

static const char *source_text(const struct assignment *row, char out[SOURCE_TEXT_MAX])
{
	switch (row->source) {
	case ASSIGNED_IN_POP:
	case ASSIGNED_PEERING:
		return "members of the POP file";
	case ASSIGNED_IN_IXF:
		return "the IX-F export";
	case ASSIGNED_IN_CSV:
		(void)snprintf(out, SOURCE_TEXT_MAX, "line %u of the CSV", row->line);
	}
	return out;
}

static int refuse_overlap(const struct assignment *x, const struct assignment *y, char reterr[ASSIGNMENTS_ERROR_MAX])
{
	char x_text[PREFIX_TEXT_MAX], y_text[PREFIX_TEXT_MAX], x_source[SOURCE_TEXT_MAX], y_source[SOURCE_TEXT_MAX];

	(void)snprintf(reterr, ASSIGNMENTS_ERROR_MAX,
	               "%s of AS%" PRIu32 " (%s) overlaps %s of AS%" PRIu32 " (%s); leave every address to one member",
	               prefix_text(&y->prefix, y_text), y->asn, source_text(y, y_source),
	               prefix_text(&x->prefix, x_text), x->asn, source_text(x, x_source));
	return -EINVAL;
}

int assignments_seal(struct assignments *a, char reterr[ASSIGNMENTS_ERROR_MAX])
{
	size_t n = 0;

	assert(!a->is_sealed);
	a->is_sealed = true;
	seal_members(a);
	if (a->n_rows > 0)
		qsort(a->rows, a->n_rows, sizeof(*a->rows), compare_rows);
	a->around = mem_resize(NULL, a->n_rows + 1, sizeof(*a->around));
	for (size_t i = 0; i < a->n_rows; i++) {
		struct assignment row = a->rows[i];
		size_t outer = around(a, n > 0 ? n - 1 : NONE, &row.prefix);
		if (outer != NONE && a->rows[outer].asn != row.asn)
			return refuse_overlap(&a->rows[outer], &row, reterr);
		if (outer != NONE && a->rows[outer].prefix.len == row.prefix.len)
			continue; /* said twice */
		a->around[n] = outer;
		a->rows[n++] = row;
	}
	a->n_rows = n;
	return 0;
}

/** What one of the readers above makes of the file @path, which may be NULL. */
static int add_file(struct assignments *a, const char *path,
                    int (*add)(struct assignments *, const char *, size_t, char *), char reterr[ASSIGNMENTS_ERROR_MAX])
{
	char error[ASSIGNMENTS_ERROR_MAX];
	struct buf text;

	if (path == NULL)
		return 0;
	buf_init(&text, FILE_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc < 0)
		(void)snprintf(error, sizeof(error), "cannot be read: %s", strerror(-rc));
	else
		rc = add(a, buf_text(&text), text.len, error);
	if (rc < 0)
		(void)snprintf(reterr, ASSIGNMENTS_ERROR_MAX, "%.100s: %.200s", path, error);
	buf_done(&text);
	return rc;
}

int assignments_load(const struct pop *p, struct assignments **ret, char reterr[ASSIGNMENTS_ERROR_MAX])
{
	struct assignments *a = assignments_new();

	assignments_add_pop(a, p);
	int rc = add_file(a, p->services->rdns->assignments, assignments_add_csv, reterr);
	if (rc == 0)
		rc = add_file(a, p->ixf_export, assignments_add_ixf, reterr);
	if (rc == 0)
		rc = assignments_seal(a, reterr);
	if (rc == 0)
		*ret = a;
	else
		assignments_free(a);
	return rc;
}

const struct assignment *assignments_all(const struct assignments *a, size_t *ret_n)
{
	assert(a->is_sealed);
	*ret_n = a->n_rows;
	return a->rows;
}

const struct assignee *assignments_members(const struct assignments *a, size_t *ret_n)
{
	assert(a->is_sealed);
	*ret_n = a->n_members;
	return a->members;
}

const struct assignment *assignments_find(const struct assignments *a, const struct prefix *p)
{
	size_t low = 0, high = a->n_rows; /* those below low are @p or before it */

	assert(a->is_sealed);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (prefix_compare(&a->rows[middle].prefix, p) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t found = around(a, low > 0 ? low - 1 : NONE, p);
	return found != NONE ? &a->rows[found] : NULL;
}

const struct assignee *assignments_member(const struct assignments *a, uint32_t asn)
{
	assert(a->is_sealed);
	return a->n_members == 0 ? NULL : bsearch(&asn, a->members, a->n_members, sizeof(*a->members), compare_asn);
}
