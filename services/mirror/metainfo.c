/* SPDX-License-Identifier: MIT */
#include "mirror/metainfo.h"

#include "base/html.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

const char *const metainfo_endings[METAINFO_KINDS] = {".sha256", ".torrent", ".meta4"};
const char *const metainfo_types[METAINFO_KINDS] = {"text/plain; charset=utf-8", "application/x-bittorrent",
                                                    "application/metalink4+xml"};

enum metainfo_kind metainfo_kind_of(const char *path, size_t *ret_len)
{
	size_t len = strlen(path);

	for (unsigned kind = 0; kind < METAINFO_KINDS; kind++) {
		size_t n = strlen(metainfo_endings[kind]);
		if (len <= n || strcmp(path + len - n, metainfo_endings[kind]) != 0)
			continue;
		*ret_len = len - n;
		return (enum metainfo_kind)kind;
	}
	return METAINFO_KINDS;
}

bool metainfo_is_text(const char *text)
{
	struct utf8 u = {.left = 0};

	for (const char *c = text; *c != '\0'; c++)
		if ((uint8_t)*c < ' ' || *c == 0x7f || !utf8_take(&u, (uint8_t)*c))
			return false;
	return utf8_is_whole(&u);
}

/** A text, or bytes, as a torrent has it. */
static int add_string(struct buf *b, const void *bytes, size_t len)
{
	int rc = buf_printf(b, "%zu:", len);

	return rc < 0 ? rc : buf_add(b, bytes, len);
}

static int add_text(struct buf *b, const char *text)
{
	return add_string(b, text, strlen(text));
}

/** Keys are in the order of their bytes; whoever has "info" knows the torrent, by its hash, wherever the seeds are. */
static int add_torrent(const struct metainfo *m, struct buf *b)
{
	const struct pieces *p = m->pieces;
	int rc = buf_printf(b, "d4:infod6:lengthi%" PRIu64 "e4:name", p->size_bytes);

	if (rc == 0)
		rc = add_text(b, m->name);
	if (rc == 0)
		rc = buf_printf(b, "12:piece lengthi%" PRIu32 "e6:pieces", p->piece_bytes);
	if (rc == 0)
		rc = add_string(b, p->sha1, p->n * PIECES_SHA1_BYTES);
	if (rc == 0)
		rc = buf_printf(b, "e8:url-listl");
	for (size_t i = 0; rc == 0 && i < m->n_urls; i++)
		rc = add_text(b, m->urls[i]);
	return rc < 0 ? rc : buf_printf(b, "ee");
}

static int add_pieces(const struct pieces *p, struct buf *b)
{
	char text[CHECKSUM_TEXT_MAX];
	struct checksum c = {.kind = CHECKSUM_SHA1};
	int rc = buf_printf(b, "<pieces length=\"%" PRIu32 "\" type=\"sha-1\">\n", p->piece_bytes);

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		memcpy(c.bytes, p->sha1 + i * PIECES_SHA1_BYTES, PIECES_SHA1_BYTES);
		rc = buf_printf(b, "<hash>%s</hash>\n", checksum_text(&c, text));
	}
	return rc < 0 ? rc : buf_printf(b, "</pieces>\n");
}

static int add_metalink(const struct metainfo *m, struct buf *b)
{
	char text[CHECKSUM_TEXT_MAX];
	int rc = buf_printf(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                       "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n<file name=\"");

	html_add_escaped(b, m->name);
	if (rc == 0)
		rc = buf_printf(b, "\">\n<size>%" PRIu64 "</size>\n<hash type=\"sha-256\">%s</hash>\n",
		                m->pieces->size_bytes, checksum_text(&m->pieces->whole, text));
	if (rc == 0)
		rc = add_pieces(m->pieces, b);
	for (size_t i = 0; rc == 0 && i < m->n_urls; i++) {
		rc = buf_printf(b, "<url priority=\"%zu\">", i + 1);
		html_add_escaped(b, m->urls[i]);
		if (rc == 0)
			rc = buf_printf(b, "</url>\n");
	}
	return rc < 0 ? rc : buf_printf(b, "</file>\n</metalink>\n");
}

int metainfo_add(enum metainfo_kind kind, const struct metainfo *m, struct buf *b)
{
	char text[CHECKSUM_TEXT_MAX];

	switch (kind) {
	case METAINFO_SHA256:
		return buf_printf(b, "%s  %s\n", checksum_text(&m->pieces->whole, text), m->name);
	case METAINFO_TORRENT:
		return add_torrent(m, b);
	case METAINFO_METALINK:
		return add_metalink(m, b);
	case METAINFO_KINDS:
		break;
	}
	return 0;
}
