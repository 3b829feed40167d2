/* SPDX-License-Identifier: MIT */
#include "mirror/repomd.h"

#include "base/mem.h"
#include "mirror/tree.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 32,
	TEXT_MAX = 256,
	TYPE_MAX = 64,
};

/** The elements that we look at. */
enum element {
	OTHER,
	FILE_ELEMENT, /* "data" of repomd.xml, "package" of primary.xml */
	LOCATION,
	SIZE,
	CHECKSUM,
	TIMESTAMP,
	REVISION, /* of repomd.xml itself */
};

struct repomd {
	XML_Parser parser;
	const char *file_element;
	repomd_on_file on_file;
	void *data;
	int told; /* what on_file returned */
	const char *wrong;

	unsigned depth, file_depth; /* file_depth 0: not in a file's element */
	struct repomd_file file;
	char path[TREE_PATH_MAX], type[TYPE_MAX];
	enum checksum_kind checksum;

	enum element reading; /* whose text is collected: a child of the file's element, or of the text's */
	size_t text_len;
	char text[TEXT_MAX];
	uint64_t revision;
};

static void stop(struct repomd *r, const char *wrong)
{
	r->wrong = wrong;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static enum element element_of(const struct repomd *r, const char *name)
{
	static const struct {
		const char *name;
		enum element element;
	} names[] = {
		{"location", LOCATION},
		{"size", SIZE},
		{"checksum", CHECKSUM},
		{"timestamp", TIMESTAMP},
		{"revision", REVISION},
	};

	if (strcmp(name, r->file_element) == 0)
		return FILE_ELEMENT;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].element;
	return OTHER;
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

static void begin_file(struct repomd *r, const char **attributes)
{
	const char *type = attribute(attributes, "type");

	r->file_depth = r->depth;
	r->file = (struct repomd_file){.listed = {.path = r->path, .size = LISTED_ANY_SIZE}, .type = r->type};
	r->path[0] = '\0';
	(void)snprintf(r->type, sizeof(r->type), "%s", type != NULL ? type : "");
}

static void begin_location(struct repomd *r, const char **attributes)
{
	const char *path = attribute(attributes, "href");

	if (path == NULL || strlen(path) >= sizeof(r->path)) {
		stop(r, "a location without a href, or with too long a one");
		return;
	}
	(void)snprintf(r->path, sizeof(r->path), "%s", path);
	r->file.is_elsewhere = attribute(attributes, "xml:base") != NULL;
}

static enum checksum_kind checksum_kind_named(const char *name)
{
	static const struct {
		const char *name;
		enum checksum_kind kind;
	} names[] = {{"sha256", CHECKSUM_SHA256},
	             {"sha512", CHECKSUM_SHA512},
	             {"sha", CHECKSUM_SHA1},
	             {"sha1", CHECKSUM_SHA1},
	             {"md5", CHECKSUM_MD5}};

	for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].kind;
	return CHECKSUM_NONE;
}

static void begin_part(struct repomd *r, enum element element, const char **attributes)
{
	const char *size = attribute(attributes, "package"); /* of primary.xml; in repomd.xml it is the text */

	r->reading = element;
	r->text_len = 0;
	if (element == LOCATION)
		begin_location(r, attributes);
	else if (element == CHECKSUM)
		r->checksum = checksum_kind_named(attribute(attributes, "type"));
	else if (element == SIZE && size != NULL && listed_number(size, strlen(size), &r->file.listed.size) < 0)
		stop(r, "a size that is no number");
}

/** Whether its text says something of the file that it is in, or of all of repomd.xml. */
static bool is_part(const struct repomd *r, enum element element)
{
	if (element == REVISION)
		return r->depth == 2;
	return r->file_depth > 0 && r->depth == r->file_depth + 1 && element != FILE_ELEMENT;
}

static void on_start(void *data, const char *name, const char **attributes)
{
	struct repomd *r = data;
	enum element element = element_of(r, name);

	r->depth++;
	r->reading = OTHER;
	if (r->depth > DEPTH_MAX)
		stop(r, "too many elements within each other");
	else if (element == FILE_ELEMENT && r->file_depth == 0)
		begin_file(r, attributes);
	else if (is_part(r, element))
		begin_part(r, element, attributes);
}

static void on_text(void *data, const char *text, int len)
{
	struct repomd *r = data;

	if (r->reading == OTHER || r->reading == LOCATION)
		return;
	if ((size_t)len > sizeof(r->text) - r->text_len) {
		stop(r, "too long a text");
		return;
	}
	memcpy(r->text + r->text_len, text, (size_t)len);
	r->text_len += (size_t)len;
}

static void end_part(struct repomd *r)
{
	struct listed *f = &r->file.listed;
	uint64_t at;

	if (r->reading == CHECKSUM && r->checksum != CHECKSUM_NONE) {
		if (!checksum_parse(r->checksum, r->text, r->text_len, &f->checksum))
			stop(r, "a checksum that is none of its type");
	} else if (r->reading == SIZE && r->text_len > 0) {
		if (listed_number(r->text, r->text_len, &f->size) < 0)
			stop(r, "a size that is no number");
	} else if (r->reading == TIMESTAMP) {
		size_t len = r->text_len;
		const char *dot = memchr(r->text, '.', len); /* older createrepo: with a fraction */
		if (listed_number(r->text, dot != NULL ? (size_t)(dot - r->text) : len, &at) == 0)
			r->file.timestamp = (int64_t)at;
	} else if (r->reading == REVISION && listed_number(r->text, r->text_len, &at) == 0) {
		r->revision = at;
	}
	r->reading = OTHER;
}

static void on_end(void *data, const char *name)
{
	struct repomd *r = data;
	(void)name;

	if (is_part(r, r->reading))
		end_part(r);
	if (r->depth == r->file_depth && r->wrong == NULL) {
		r->file_depth = 0;
		if (r->path[0] == '\0') {
			stop(r, "a file without a location");
		} else {
			r->told = r->on_file(&r->file, r->data);
			if (r->told < 0)
				(void)XML_StopParser(r->parser, XML_FALSE);
		}
	}
	r->depth--;
}

/** No repository has one, and what it may declare is not worth its risks. */
static void on_doctype(void *data, const char *name, const char *system, const char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	stop(data, "a document type");
}

struct repomd *repomd_new(enum repomd_kind kind, repomd_on_file on_file, void *data)
{
	struct repomd *r = mem_new(sizeof(*r));

	r->parser = XML_ParserCreate(NULL);
	if (r->parser == NULL)
		mem_exhausted();
	r->file_element = kind == REPOMD_REPOMD ? "data" : "package";
	r->on_file = on_file;
	r->data = data;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	return r;
}

void repomd_free(struct repomd *r)
{
	if (r == NULL)
		return;
	XML_ParserFree(r->parser);
	free(r);
}

uint64_t repomd_revision(const struct repomd *r)
{
	return r->revision;
}

int repomd_feed(struct repomd *r, const void *text, size_t len, bool is_end, char reterr[REPOMD_ERROR_MAX])
{
	if (XML_Parse(r->parser, text, (int)len, is_end) == XML_STATUS_OK)
		return 0;
	if (r->told < 0) {
		reterr[0] = '\0';
		return r->told;
	}
	const char *wrong = r->wrong != NULL ? r->wrong : XML_ErrorString(XML_GetErrorCode(r->parser));
	(void)snprintf(reterr, REPOMD_ERROR_MAX, "%s", wrong);
	return -EINVAL;
}
