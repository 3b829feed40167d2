/* SPDX-License-Identifier: MIT */
#include "peers/mail.h"

#include "base/buf.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum {
	MESSAGE_MAX_BYTES = 4 << 20,
	WORD_BYTES = 42, /* of an encoded word: 56 letters, and 12 around them (RFC 2047, 2: 75 at most) */
	PLAIN_SUBJECT_MAX = 60,
	LINE_MAX_BYTES = 72, /* of quoted-printable, which may have 76 (RFC 2045, 6.7) */
};

static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return strstr(text, "=?") == NULL && strlen(text) <= PLAIN_SUBJECT_MAX;
}

/** So much of @text that it has whole characters alone. */
static size_t word_len(const char *text)
{
	size_t len = strlen(text);

	if (len <= WORD_BYTES)
		return len;
	for (len = WORD_BYTES; len > 1 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

static void add_subject(struct buf *b, const char *text)
{
	unsigned char word[WORD_BYTES / 3 * 4 + 1];

	if (is_plain(text)) {
		(void)buf_printf(b, "Subject: %s\r\n", text);
		return;
	}
	(void)buf_printf(b, "Subject:");
	for (size_t len; *text != '\0'; text += len) {
		len = word_len(text);
		(void)EVP_EncodeBlock(word, (const unsigned char *)text, (int)len);
		(void)buf_printf(b, " =?UTF-8?B?%s?=\r\n", (const char *)word);
	}
}

/** Quoted-printable. */
static void add_text(struct buf *b, const char *text)
{
	size_t column = 0;

	for (const char *c = text; *c != '\0'; c++) {
		bool is_end = c[1] == '\n' || c[1] == '\0';
		bool is_itself = (*c > ' ' && *c <= '~' && *c != '=') || (*c == ' ' && !is_end);
		if (*c == '\n') {
			(void)buf_printf(b, "\r\n");
			column = 0;
			continue;
		}
		if (column >= LINE_MAX_BYTES) {
			(void)buf_printf(b, "=\r\n");
			column = 0;
		}
		if (is_itself)
			(void)buf_add(b, c, 1);
		else
			(void)buf_printf(b, "=%02X", (unsigned char)*c);
		column += is_itself ? 1 : 3;
	}
	if (column > 0)
		(void)buf_printf(b, "\r\n");
}

char *mail_write(const struct mail *m)
{
	time_t t = (time_t)m->date_s;
	char date[64];
	struct buf b;
	struct tm day;

	(void)gmtime_r(&t, &day);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &day);
	buf_init(&b, MESSAGE_MAX_BYTES);
	(void)buf_printf(&b, "Date: %s\r\nFrom: <%s>\r\nReply-To: <%s>\r\nTo: <%s>\r\n", date, m->from, m->reply_to,
	                 m->to);
	add_subject(&b, m->subject);
	(void)buf_printf(&b,
	                 "Message-ID: <%s>\r\n"
	                 "Auto-Submitted: auto-generated\r\n" /* nobody's absence answers it (RFC 3834) */
	                 "Content-Language: %s\r\n"
	                 "MIME-Version: 1.0\r\n"
	                 "Content-Type: text/plain; charset=utf-8\r\n"
	                 "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	                 m->id, m->language);
	add_text(&b, m->text);
	return buf_take_text(&b);
}
