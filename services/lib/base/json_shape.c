/* SPDX-License-Identifier: MIT */
#include "base/json_shape.h"

#include "base/addr.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 128,
	NAME_MAX_BYTES = 32,
};

/* Where the value at hand is, and what is wrong with it. */
struct check {
	const char *name;          /* of the whole */
	char path[PATH_MAX_BYTES]; /* "ipv4.download.series[3]", cut when it is too long */
	char *error;
};

static bool refuse(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct check *c, const char *format, ...)
{
	va_list args;

	int n = snprintf(c->error, JSON_SHAPE_ERROR_MAX, "%s: ", *c->path == '\0' ? c->name : c->path);
	va_start(args, format);
	(void)vsnprintf(c->error + n, (size_t)(JSON_SHAPE_ERROR_MAX - n), format, args);
	va_end(args);
	return false;
}

static bool check_number(struct check *c, yyjson_val *v, const struct json_field *f)
{
	double number = yyjson_get_num(v);

	if (yyjson_is_num(v) && number >= f->min && number <= f->max)
		return true;
	return refuse(c, "must be a number from %.16g to %.16g", f->min, f->max);
}

static bool check_text(struct check *c, yyjson_val *v, const struct json_field *f)
{
	if (yyjson_is_str(v) && (double)yyjson_get_len(v) <= f->max)
		return true;
	return refuse(c, "must be a text of at most %g bytes", f->max);
}

static bool check_address(struct check *c, yyjson_val *v)
{
	struct addr a;

	if (yyjson_is_str(v) && addr_parse(yyjson_get_str(v), 0, &a) == 0)
		return true;
	return refuse(c, "must be an address such as 192.0.2.1 or 2001:db8::1");
}

static bool check_word(struct check *c, yyjson_val *v, const struct json_field *f)
{
	char known[JSON_SHAPE_ERROR_MAX] = "";
	size_t n = 0;

	for (const char *const *word = f->words; *word != NULL; word++) {
		if (yyjson_equals_str(v, *word))
			return true;
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n > 0 ? ", " : "", *word);
		assert(n < sizeof(known)); /* our own words */
	}
	return refuse(c, "must be one of %s", known);
}

static bool check_name(struct check *c, yyjson_val *v)
{
	const char *text = yyjson_get_str(v);

	if (text != NULL && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == yyjson_get_len(v) &&
	    yyjson_get_len(v) <= NAME_MAX_BYTES)
		return true;
	return refuse(c, "must be a word of lower-case letters and digits");
}

static bool check_value(struct check *c, yyjson_val *v, const struct json_field *f);

/* Append to the path; what is not fit to be shown becomes a question mark. Return: its length before. */
static size_t enter(struct check *c, const char *separator, const char *name)
{
	size_t len = strlen(c->path), name_len = strlen(name);
	bool is_plain = name_len > 0 && name_len <= NAME_MAX_BYTES &&
	                strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_[]") == name_len;

	(void)snprintf(c->path + len, sizeof(c->path) - len, "%s%s", len > 0 ? separator : "", is_plain ? name : "?");
	return len;
}

static bool check_object(struct check *c, yyjson_val *v, const struct json_field *fields)
{
	yyjson_val *key, *value;
	size_t i, n;

	if (!yyjson_is_obj(v))
		return refuse(c, "must be an object");
	yyjson_obj_foreach(v, i, n, key, value) {
		const struct json_field *f = fields;
		while (f->name != NULL && !yyjson_equals_str(key, f->name))
			f++;
		size_t len = enter(c, ".", yyjson_get_str(key));
		if (f->name == NULL)
			return refuse(c, "is not a known field");
		if (yyjson_obj_getn(v, f->name, strlen(f->name)) != value)
			return refuse(c, "must be there only once");
		if (!check_value(c, value, f))
			return false;
		c->path[len] = '\0';
	}
	return true;
}

/* Of a list. */
static bool check_item(struct check *c, yyjson_val *v, const struct json_field *f)
{
	if (f->kind == JSON_NUMBERS)
		return check_number(c, v, f);
	return f->kind == JSON_TEXTS ? check_text(c, v, f) : check_object(c, v, f->fields);
}

/* JSON_NUMBERS, JSON_TEXTS and JSON_OBJECTS. */
static bool check_list(struct check *c, yyjson_val *v, const struct json_field *f)
{
	char index[24];
	yyjson_val *value;
	size_t i, n;

	if (!yyjson_is_arr(v) || yyjson_arr_size(v) > f->max_count)
		return refuse(c, "must be a list of at most %u", f->max_count);
	yyjson_arr_foreach(v, i, n, value) {
		(void)snprintf(index, sizeof(index), "[%zu]", i);
		size_t len = enter(c, "", index);
		if (!check_item(c, value, f))
			return false;
		c->path[len] = '\0';
	}
	return true;
}

static bool check_map(struct check *c, yyjson_val *v, const struct json_field *f)
{
	yyjson_val *key, *value;
	size_t i, n;

	if (!yyjson_is_obj(v) || yyjson_obj_size(v) > f->max_count)
		return refuse(c, "must be an object of at most %u numbers", f->max_count);
	yyjson_obj_foreach(v, i, n, key, value) {
		size_t len = enter(c, ".", yyjson_get_str(key));
		if (c->path[len + 1] == '?')
			return refuse(c, "must have a name of letters, digits and underscores, at most %d",
			              NAME_MAX_BYTES);
		if (!yyjson_is_null(value) && !check_number(c, value, f))
			return false;
		c->path[len] = '\0';
	}
	return true;
}

static bool check_value(struct check *c, yyjson_val *v, const struct json_field *f)
{
	if (yyjson_is_null(v))
		return true;
	switch (f->kind) {
	case JSON_NUMBER:
		return check_number(c, v, f);
	case JSON_TEXT:
		return check_text(c, v, f);
	case JSON_ADDRESS:
		return check_address(c, v);
	case JSON_WORD:
		return check_word(c, v, f);
	case JSON_NAME:
		return check_name(c, v);
	case JSON_BOOL:
		return yyjson_is_bool(v) || refuse(c, "must be true or false");
	case JSON_OBJECT:
		return check_object(c, v, f->fields);
	case JSON_NUMBERS:
	case JSON_TEXTS:
	case JSON_OBJECTS:
		return check_list(c, v, f);
	case JSON_MAP:
		return check_map(c, v, f);
	}
	return false;
}

yyjson_doc *json_shape_read(const char *text, size_t len, const char *name, char reterr[JSON_SHAPE_ERROR_MAX])
{
	yyjson_read_err error;

	yyjson_doc *doc = yyjson_read_opts((char *)text, len, 0, NULL, &error); /* without INSITU, not changed */
	if (doc == NULL)
		(void)snprintf(reterr, JSON_SHAPE_ERROR_MAX, "%s: not JSON: byte %zu: %s", name, error.pos, error.msg);
	return doc;
}

int json_shape_check(yyjson_val *v, const struct json_field *fields, const char *name,
                     char reterr[JSON_SHAPE_ERROR_MAX])
{
	struct check c = {.name = name, .error = reterr};

	return check_object(&c, v, fields) ? 0 : -EINVAL;
}
