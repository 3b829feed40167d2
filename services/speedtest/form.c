/* SPDX-License-Identifier: MIT */
#include "speedtest/form.h"

#include "net/http_request.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BOUNDARY_MAX_BYTES = 70 }; /* RFC 2046, 5.1.1 */

/* Bytes that are not ended by a NUL. */
struct span {
	const char *at;
	size_t len;
};

/* What follows the first @text, up to the end of @s; at is NULL when there is none. */
static struct span after(struct span s, const char *text)
{
	const char *found = memmem(s.at, s.len, text, strlen(text));

	if (found == NULL)
		return (struct span){NULL, 0};
	found += strlen(text);
	return (struct span){found, (size_t)(s.at + s.len - found)};
}

/* What is before the rest that after() gave for a text of @len bytes. */
static struct span before(struct span s, struct span rest, size_t len)
{
	return (struct span){s.at, s.len - rest.len - len};
}

static bool is_multipart(const char *type)
{
	return type != NULL && strncasecmp(type, "multipart/form-data", strlen("multipart/form-data")) == 0;
}

/* Write the line that is between two parts, as it begins: "\r\n--boundary". */
static int read_delimiter(const char *type, char ret[BOUNDARY_MAX_BYTES + 5])
{
	const char *boundary = strcasestr(type, "boundary=");

	if (boundary == NULL)
		return -EINVAL;
	boundary += strlen("boundary=");
	bool quoted = *boundary == '"';
	boundary += quoted ? 1 : 0;
	size_t len = strcspn(boundary, quoted ? "\"" : "; \t");
	if (len == 0 || len > BOUNDARY_MAX_BYTES)
		return -EINVAL;
	(void)snprintf(ret, BOUNDARY_MAX_BYTES + 5, "\r\n--%.*s", (int)len, boundary);
	return 0;
}

static int copy_value(struct span value, char *ret, size_t size)
{
	if (value.len >= size || memchr(value.at, '\0', value.len) != NULL)
		return -EINVAL;
	memcpy(ret, value.at, value.len);
	ret[value.len] = '\0';
	return 0;
}

static int multipart_field(const char *delimiter, struct span body, const char *name, char *ret, size_t size)
{
	char wanted[64];

	(void)snprintf(wanted, sizeof(wanted), " name=\"%s\"", name);
	struct span rest = after(body, delimiter + 2); /* the first has no line before it */
	while (rest.len >= 2 && memcmp(rest.at, "--", 2) != 0) {
		struct span value = after(rest, "\r\n\r\n");
		if (value.at == NULL)
			return -EINVAL;
		struct span head = before(rest, value, 4);
		rest = after(value, delimiter);
		if (rest.at == NULL)
			return -EINVAL;
		if (memmem(head.at, head.len, wanted, strlen(wanted)) != NULL)
			return copy_value(before(value, rest, strlen(delimiter)), ret, size);
	}
	return rest.len >= 2 ? -ENOENT : -EINVAL;
}

int form_field(const char *type, const struct buf *body, const char *name, char *ret, size_t size)
{
	char delimiter[BOUNDARY_MAX_BYTES + 5];

	if (body->len == 0)
		return -ENOENT;
	if (!is_multipart(type)) /* what a query is, too */
		return http_request_query(&(struct http_request){.query = body->data}, name, ret, size);
	int rc = read_delimiter(type, delimiter);
	return rc < 0 ? rc : multipart_field(delimiter, (struct span){body->data, body->len}, name, ret, size);
}
