/*
 * JSON from outside, held against a table of what each field must be. What is
 * wrong is said in one line that names the field. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_JSON_SHAPE_H
#define FONTAINE_BASE_JSON_SHAPE_H

#include <yyjson.h>

enum json_kind {
	JSON_NUMBER,  /* from min to max */
	JSON_TEXT,    /* up to max bytes */
	JSON_ADDRESS, /* literal of either family */
	JSON_WORD,    /* one of words */
	JSON_NAME,    /* lower-case letters, digits and hyphens */
	JSON_BOOL,
	JSON_OBJECT,  /* of fields */
	JSON_NUMBERS, /* up to max_count of them, each from min to max */
	JSON_TEXTS,   /* up to max_count of them, each up to max bytes */
	JSON_OBJECTS, /* up to max_count of them, each of fields */
	JSON_MAP,     /* up to max_count names, each of a number from min to max */
};

/** What a field must be; each may be left out or null. A list of fields ends with one without a name. */
struct json_field {
	const char *name;
	enum json_kind kind;
	unsigned max_count;
	double min, max;
	const char *const *words; /* ended by NULL */
	const struct json_field *fields;
};

enum { JSON_SHAPE_ERROR_MAX = 192 };

/**
 * Read the @len bytes at @text, without a NUL after them, as what is called @name.
 * Return: for yyjson_doc_free(); or NULL and *reterr = "NAME: not JSON: byte 7: why".
 */
yyjson_doc *json_shape_read(const char *text, size_t len, const char *name, char reterr[JSON_SHAPE_ERROR_MAX]);

/**
 * Hold the object @v, called @name, against @fields. Nothing of what @reterr repeats needs
 * an escape in a page or a log.
 * Return: 0, or -EINVAL and *reterr = "ipv4.download.ms: must be a number from 0 to 1000000".
 */
int json_shape_check(yyjson_val *v, const struct json_field *fields, const char *name,
                     char reterr[JSON_SHAPE_ERROR_MAX]);

#endif
