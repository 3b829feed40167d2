/* Templates of configuration files: one pass over the text, a section being a call. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/template.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	SCOPES_MAX = 8,
	NAME_MAX_BYTES = 48,
};

struct render {
	const char *text;
	const char *at; /* where reading goes on */
	yyjson_val *scopes[SCOPES_MAX];
	unsigned n_scopes;
	unsigned n_hidden; /* sections around us that are not shown */
	struct buf *out;
	struct template_error *error;
};

struct tag {
	char kind; /* '#', '^', '/', '!', '{', or 0 for a value */
	char name[NAME_MAX_BYTES];
	const char *start, *end;
};

static int render_block(struct render *r, const struct tag *section);

static int refuse(const struct render *r, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(const struct render *r, const char *at, const char *format, ...)
{
	va_list args;

	r->error->line = 1;
	for (const char *c = r->text; c < at; c++)
		r->error->line += *c == '\n';
	va_start(args, format);
	(void)vsnprintf(r->error->what, sizeof(r->error->what), format, args);
	va_end(args);
	return -EINVAL;
}

static int emit(struct render *r, const char *text, size_t len)
{
	int rc = r->n_hidden > 0 ? 0 : buf_add(r->out, text, len);

	if (rc < 0)
		(void)refuse(r, r->at, "the result is too long");
	return rc;
}

/** Read the tag at @start, which is at "{{". */
static int read_tag(struct render *r, const char *start, struct tag *ret)
{
	struct tag t = {.start = start};
	const char *name = start + 2;

	if (*name != '\0' && strchr("#^/!{", *name) != NULL)
		t.kind = *name++;
	const char *close = t.kind == '{' ? "}}}" : "}}";
	const char *end = strstr(name, close);
	if (end == NULL)
		return refuse(r, start, "the tag is not closed with %s", close);
	t.end = end + strlen(close);

	if (t.kind != '!') {
		size_t len = (size_t)(end - name);
		if (len == 0 || len >= sizeof(t.name) ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.") != len)
			return refuse(r, start, "a tag needs a name in small letters");
		memcpy(t.name, name, len);
	}
	*ret = t;
	return 0;
}

/** The value of @name ("a.b") below @scope, or NULL. */
static yyjson_val *value_below(yyjson_val *scope, const char *name)
{
	while (scope != NULL && *name != '\0') {
		size_t len = strcspn(name, ".");
		scope = yyjson_obj_getn(scope, name, len);
		name += len;
		name += *name == '.';
	}
	return scope;
}

/** The value of the tag's name, from the innermost scope that has it; NULL after refuse(). */
static yyjson_val *look_up(const struct render *r, const struct tag *t)
{
	if (strcmp(t->name, ".") == 0)
		return r->scopes[r->n_scopes - 1];
	for (unsigned i = r->n_scopes; i-- > 0;) {
		yyjson_val *v = value_below(r->scopes[i], t->name);
		if (v != NULL)
			return v;
	}
	(void)refuse(r, t->start, "no value is called \"%s\"", t->name);
	return NULL;
}

/** Whether no character of @text means anything to a configuration file. */
static bool is_harmless(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("._:/@+-[]", *c) == NULL)
			return false;
	return *text != '\0';
}

static int render_value(struct render *r, const struct tag *t)
{
	char digits[24];

	if (r->n_hidden > 0)
		return 0;
	yyjson_val *v = look_up(r, t);
	if (v == NULL)
		return -EINVAL;
	if (yyjson_is_uint(v)) {
		int n = snprintf(digits, sizeof(digits), "%llu",
		                 (unsigned long long)yyjson_get_uint(v));
		return emit(r, digits, (size_t)n);
	}
	const char *text = yyjson_get_str(v);
	if (text == NULL)
		return refuse(r, t->start, "\"%s\" is neither a text nor a number", t->name);
	if (t->kind != '{' && !is_harmless(text))
		return refuse(r, t->start, "\"%s\" has a character that is not allowed here: %s",
		              t->name, text);
	return emit(r, text, strlen(text));
}

static bool is_shown(yyjson_val *v)
{
	return !yyjson_is_null(v) && !yyjson_is_false(v) &&
	       !(yyjson_is_arr(v) && yyjson_arr_size(v) == 0);
}

/** Read up to the end of @section without showing any of it. */
static int skip_block(struct render *r, const struct tag *section)
{
	r->n_hidden++;
	int rc = render_block(r, section);
	r->n_hidden--;
	return rc;
}

static int render_in(struct render *r, const struct tag *section, yyjson_val *scope)
{
	if (r->n_scopes == SCOPES_MAX)
		return refuse(r, section->start, "sections are nested too deeply");
	r->scopes[r->n_scopes++] = scope;
	int rc = render_block(r, section);
	r->n_scopes--;
	return rc;
}

static int render_section(struct render *r, const struct tag *t)
{
	const char *body = r->at;
	yyjson_val *entry;
	size_t i, n;

	if (r->n_hidden > 0)
		return skip_block(r, t);
	yyjson_val *v = look_up(r, t);
	if (v == NULL)
		return -EINVAL;
	if (is_shown(v) != (t->kind == '#'))
		return skip_block(r, t);
	if (t->kind == '^')
		return render_block(r, t);
	if (!yyjson_is_arr(v))
		return render_in(r, t, v);
	yyjson_arr_foreach(v, i, n, entry) {
		r->at = body;
		int rc = render_in(r, t, entry);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/**
 * Show the text before @t. When the tag leaves nothing behind and is alone on its
 * line, leave out its indentation, and move its end past the line's end.
 */
static int render_text_before(struct render *r, struct tag *t)
{
	const char *start = t->start;

	while (start > r->text && (start[-1] == ' ' || start[-1] == '\t'))
		start--;
	const char *end = t->end + strspn(t->end, " \t");
	bool starts_line = start == r->text || start[-1] == '\n';
	bool shows_nothing = t->kind != 0 && t->kind != '{';
	if (!shows_nothing || !starts_line || (*end != '\n' && *end != '\0'))
		return emit(r, r->at, (size_t)(t->start - r->at));
	t->end = end + (*end == '\n');
	return emit(r, r->at, (size_t)(start - r->at));
}

/** Show up to the end of @section, or to the end of the text when it is NULL. */
static int render_block(struct render *r, const struct tag *section)
{
	const char *start;

	while ((start = strstr(r->at, "{{")) != NULL) {
		struct tag t = {.start = start, .end = start};
		int rc = read_tag(r, start, &t);
		if (rc == 0)
			rc = render_text_before(r, &t);
		if (rc < 0)
			return rc;
		r->at = t.end;
		if (t.kind == '/') {
			if (section != NULL && strcmp(section->name, t.name) == 0)
				return 0;
			return refuse(r, t.start, "{{/%s}} closes no section of that name", t.name);
		}
		if (t.kind == '#' || t.kind == '^')
			rc = render_section(r, &t);
		else if (t.kind != '!')
			rc = render_value(r, &t);
		if (rc < 0)
			return rc;
	}
	if (section != NULL)
		return refuse(r, section->start, "the section \"%s\" is not closed", section->name);
	return emit(r, r->at, strlen(r->at));
}

int template_render(const char *text, yyjson_val *view, struct buf *out,
                    struct template_error *reterr)
{
	struct render r = {
		.text = text,
		.at = text,
		.scopes = {view},
		.n_scopes = 1,
		.out = out,
		.error = reterr,
	};

	return render_block(&r, NULL);
}
