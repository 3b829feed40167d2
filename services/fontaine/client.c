/* HTTP requests by libcurl's multi interface. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/client.h"

#include "base/buf.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

enum {
	CONNECT_MS = 5000,
	BUFFER_BYTES = 512 * 1024,
	RANDOM_BYTES = 1024 * 1024,
};

struct client {
	CURLM *multi;
	struct curl_slist *headers; /* of an upload */
	char *url;
	const char *ca_path;
	long resolve; /* CURL_IPRESOLVE_V4 or _V6 */
	char random[RANDOM_BYTES];
};

struct transfer {
	struct client *client;
	CURL *easy;
	char error[CURL_ERROR_SIZE];
	CURLcode code; /* once complete */
	int fd;        /* of a stream */
	double asked_ms, answered_ms;
	struct buf body;
	uint64_t *count; /* NULL: the body is kept */
	uint64_t upload_bytes, sent_bytes;
};

struct client *client_new(const char *url, int family, const char *ca_path)
{
	struct client *c = mem_new(sizeof(*c));

	c->multi = curl_multi_init();
	c->headers = curl_slist_append(curl_slist_append(NULL, "Expect:"), "Content-Type: application/octet-stream");
	if (c->multi == NULL || c->headers == NULL)
		mem_exhausted();
	c->url = mem_strdup(url);
	c->ca_path = ca_path;
	c->resolve = family == AF_INET ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6;
	arc4random_buf(c->random, sizeof(c->random));
	return c;
}

void client_free(struct client *c)
{
	(void)curl_multi_cleanup(c->multi);
	curl_slist_free_all(c->headers);
	free(c->url);
	free(c);
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	size_t len = size * n;
	long status = 0;

	if (t->count == NULL || t->upload_bytes > 0)
		return buf_add(&t->body, data, len) == 0 ? len : 0; /* 0 ends it */
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		*t->count += len;
	return len;
}

static size_t on_send(char *out, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	size_t at = t->sent_bytes % RANDOM_BYTES;
	size_t len = size * n;

	if (len > RANDOM_BYTES - at)
		len = RANDOM_BYTES - at;
	if (len > t->upload_bytes - t->sent_bytes)
		len = (size_t)(t->upload_bytes - t->sent_bytes);
	memcpy(out, t->client->random + at, len);
	t->sent_bytes += len;
	*t->count += len;
	return len;
}

/** libcurl's own times are those of its last look at the clock, which may be long ago under load. */
static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
	struct transfer *t = user;
	(void)purpose;

	t->fd = fd;
	return CURL_SOCKOPT_OK;
}

/** Options that every request has. A failure to set one shows when it is made. */
static struct transfer *transfer_new(struct client *c, const char *path)
{
	struct transfer *t = mem_new(sizeof(*t));
	char *url = mem_printf("%s/%s", c->url, path);

	t->client = c;
	t->fd = -1;
	t->easy = curl_easy_init();
	if (t->easy == NULL)
		mem_exhausted();
	buf_init(&t->body, CLIENT_BODY_MAX_BYTES);
	(void)curl_easy_setopt(t->easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(t->easy, CURLOPT_IPRESOLVE, c->resolve);
	(void)curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "fontaine/" FONTAINE_VERSION);
	(void)curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
	(void)curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	if (c->ca_path != NULL)
		(void)curl_easy_setopt(t->easy, CURLOPT_CAINFO, c->ca_path);
	free(url);
	return t;
}

static void start(struct transfer *t)
{
	t->sent_bytes = 0;
	t->asked_ms = now_ms();
	if (curl_multi_add_handle(t->client->multi, t->easy) != CURLM_OK)
		mem_exhausted();
}

struct transfer *client_ask(struct client *c, const char *path)
{
	struct transfer *t = transfer_new(c, path);

	(void)curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)CLIENT_ANSWER_MS);
	start(t);
	return t;
}

/** One that carries data, on a connection of its own. */
static struct transfer *stream_new(struct client *c, const char *path, uint64_t *count)
{
	struct transfer *t = transfer_new(c, path);

	t->count = count;
	(void)curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
	(void)curl_easy_setopt(t->easy, CURLOPT_SOCKOPTDATA, t);
	return t;
}

struct transfer *client_download(struct client *c, const char *path, uint64_t *count)
{
	struct transfer *t = stream_new(c, path, count);

	start(t);
	return t;
}

struct transfer *client_upload(struct client *c, const char *path, uint64_t len, uint64_t *count)
{
	struct transfer *t = stream_new(c, path, count);

	t->upload_bytes = len;
	(void)curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	(void)curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_send);
	(void)curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)BUFFER_BYTES);
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, c->headers);
	start(t);
	return t;
}

/** Return: a transfer that is complete, or NULL. */
static struct transfer *next_complete(struct client *c)
{
	struct transfer *t = NULL;
	const CURLMsg *message;
	int n_left;

	while (t == NULL && (message = curl_multi_info_read(c->multi, &n_left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		t->code = message->data.result;
		t->answered_ms = now_ms();
		(void)curl_multi_remove_handle(c->multi, t->easy);
	}
	return t;
}

struct transfer *client_run(struct client *c, int wait_ms)
{
	int n_running;

	struct transfer *t = next_complete(c);
	if (t != NULL)
		return t;
	(void)curl_multi_perform(c->multi, &n_running);
	t = next_complete(c);
	if (t != NULL)
		return t;
	(void)curl_multi_poll(c->multi, NULL, 0, wait_ms, NULL);
	(void)curl_multi_perform(c->multi, &n_running);
	return next_complete(c);
}

/** A transfer that came to no HTTP answer. */
static void explain_code(const struct transfer *t, struct answer *a)
{
	static const struct {
		CURLcode code;
		const char *reason, *why; /* NULL: what libcurl says */
	} reasons[] = {
		{CURLE_COULDNT_RESOLVE_HOST, "none", "no such host"},
		{CURLE_COULDNT_CONNECT, "lost", NULL},
		{CURLE_OPERATION_TIMEDOUT, "silent", "no answer in time"},
		{CURLE_PEER_FAILED_VERIFICATION, "tls", NULL},
		{CURLE_SSL_CONNECT_ERROR, "tls", NULL},
		{CURLE_SSL_CACERT_BADFILE, "tls", NULL},
	};
	const char *why = NULL;

	a->reason = "lost";
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].code == t->code) {
			a->reason = reasons[i].reason;
			why = reasons[i].why;
		}
	if (why == NULL)
		why = *t->error != '\0' ? t->error : curl_easy_strerror(t->code);
	(void)snprintf(a->why, sizeof(a->why), "%s%s", strcmp(a->reason, "tls") == 0 ? "TLS: " : "", why);
}

/** An HTTP answer that is no success. */
static void explain_status(const struct transfer *t, struct answer *a)
{
	curl_off_t wait_s = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait_s);
	a->reason = a->status == 429 || a->status == 503 ? "busy" : "refused";
	if (strcmp(a->reason, "refused") == 0)
		(void)snprintf(a->why, sizeof(a->why), "it answers with status %ld", a->status);
	else if (wait_s > 0)
		(void)snprintf(a->why, sizeof(a->why), "it is busy (status %ld): try again in %lld s", a->status,
		               (long long)wait_s);
	else
		(void)snprintf(a->why, sizeof(a->why), "it is busy (status %ld): try again later", a->status);
}

bool transfer_answer(struct transfer *t, struct answer *ret)
{
	*ret = (struct answer){.reason = NULL};
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &ret->status);
	ret->latency_ms = t->answered_ms - t->asked_ms;
	if (ret->status >= 300)
		explain_status(t, ret);
	else if (t->code != CURLE_OK)
		explain_code(t, ret);
	return ret->reason == NULL;
}

const char *transfer_body(const struct transfer *t)
{
	return buf_text(&t->body);
}

int transfer_socket(const struct transfer *t)
{
	return t->fd;
}

void transfer_restart(struct transfer *t)
{
	buf_done(&t->body);
	(void)curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 0L); /* it has its own by now */
	start(t);
}

void transfer_end(struct transfer *t)
{
	(void)curl_multi_remove_handle(t->client->multi, t->easy); /* fine also when it is complete */
	curl_easy_cleanup(t->easy);
	buf_done(&t->body);
	free(t);
}
