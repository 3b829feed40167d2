/*
 * libcurl's multi interface on libuv: it says which sockets and which time it waits for (on_socket(), on_timeout()),
 * and is told what has happened (act()). Of what is over, finish() tells who asked.
 */
/* SPDX-License-Identifier: MIT */
#include "net/web_client.h"

#include "base/buf.h"
#include "base/mem.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX_BYTES = 512 };

struct request {
	struct web_client *client;
	CURL *curl;
	struct curl_slist *headers, *recipients;
	char *message; /* of mail, what is sent */
	size_t message_bytes, message_sent;
	struct buf body;
	char why[CURL_ERROR_SIZE];
	void (*on_done)(void *data, const struct web_answer *f);
	void *data;
	struct request *before, *next; /* in the list */
};

struct web_client {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;
	struct request *first;
	size_t n_handles; /* that are not closed */
	bool is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

struct waiting_socket {
	uv_poll_t poll;
	struct web_client *client;
	curl_socket_t fd;
};

static void settle(struct web_client *f)
{
	if (--f->n_handles > 0)
		return;
	if (f->on_closed != NULL)
		f->on_closed(f->closed_data);
	free(f);
}

static void on_socket_closed(uv_handle_t *handle)
{
	struct waiting_socket *s = handle->data;
	struct web_client *f = s->client;

	free(s);
	settle(f);
}

static void on_timer_closed(uv_handle_t *handle)
{
	settle(handle->data);
}

/** Let go of a request, and tell who asked. */
static void end(struct request *r, int status, const char *why)
{
	struct web_answer f = {status, why, buf_text(&r->body), r->body.len};

	if (r->before != NULL)
		r->before->next = r->next;
	else
		r->client->first = r->next;
	if (r->next != NULL)
		r->next->before = r->before;
	(void)curl_multi_remove_handle(r->client->multi, r->curl);
	r->on_done(r->data, &f);
	curl_easy_cleanup(r->curl);
	curl_slist_free_all(r->headers);
	curl_slist_free_all(r->recipients);
	free(r->message);
	buf_done(&r->body);
	free(r);
}

static void finish(struct web_client *f)
{
	CURLMsg *m;
	int n;

	while (!f->is_closing && (m = curl_multi_info_read(f->multi, &n)) != NULL) {
		struct request *r;
		long status = 0;
		if (m->msg != CURLMSG_DONE)
			continue;
		CURLcode rc = m->data.result;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
		if (rc == CURLE_OK)
			end(r, (int)status, "");
		else
			end(r, r->message != NULL ? (int)status : 0,
			    r->why[0] != '\0' ? r->why : curl_easy_strerror(rc));
	}
}

static void act(struct web_client *f, curl_socket_t fd, int what)
{
	int n;

	(void)curl_multi_socket_action(f->multi, fd, what, &n);
	finish(f);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct waiting_socket *s = poll->data;
	int what = status < 0 ? CURL_CSELECT_ERR : 0;

	if ((events & UV_READABLE) != 0)
		what |= CURL_CSELECT_IN;
	if ((events & UV_WRITABLE) != 0)
		what |= CURL_CSELECT_OUT;
	act(s->client, s->fd, what);
}

static int on_timeout(CURLM *multi, long ms, void *data)
{
	struct web_client *f = data;

	(void)multi;
	if (ms < 0 || f->is_closing)
		(void)uv_timer_stop(&f->timer);
	else
		(void)uv_timer_start(&f->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

/** Return: NULL when the loop cannot wait for it. */
static struct waiting_socket *wait_for(struct web_client *f, curl_socket_t fd)
{
	struct waiting_socket *s = mem_new(sizeof(*s));

	if (uv_poll_init_socket(f->loop, &s->poll, fd) < 0) {
		free(s);
		return NULL;
	}
	s->poll.data = s;
	s->client = f;
	s->fd = fd;
	f->n_handles++;
	(void)curl_multi_assign(f->multi, fd, s);
	return s;
}

static int on_socket(CURL *curl, curl_socket_t fd, int what, void *data, void *socket_data)
{
	struct web_client *f = data;
	struct waiting_socket *s = socket_data;

	(void)curl;
	if (what == CURL_POLL_REMOVE) {
		if (s != NULL)
			uv_close((uv_handle_t *)&s->poll, on_socket_closed);
		(void)curl_multi_assign(f->multi, fd, NULL);
		return 0;
	}
	if (s == NULL)
		s = wait_for(f, fd);
	if (s == NULL)
		return -1;
	int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	return uv_poll_start(&s->poll, events, on_poll) < 0 ? -1 : 0;
}

static size_t on_body(const char *data, size_t size, size_t n, void *user)
{
	struct request *r = user;

	return buf_add(&r->body, data, size * n) == 0 ? size * n : 0; /* less: give up */
}

static size_t on_message(char *to, size_t size, size_t n, void *user)
{
	struct request *r = user;
	size_t len = r->message_bytes - r->message_sent;

	len = len < size * n ? len : size * n;
	memcpy(to, r->message + r->message_sent, len);
	r->message_sent += len;
	return len;
}

static void set_mail(struct request *r, const struct web_question *wish)
{
	const struct web_mail *mail = wish->mail;

	r->message = mem_strdup(wish->body);
	r->message_bytes = strlen(wish->body);
	r->recipients = curl_slist_append(NULL, mail->to);
	(void)curl_easy_setopt(r->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(r->curl, CURLOPT_MAIL_FROM, mail->from);
	(void)curl_easy_setopt(r->curl, CURLOPT_MAIL_RCPT, r->recipients);
	(void)curl_easy_setopt(r->curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(r->curl, CURLOPT_READFUNCTION, on_message);
	(void)curl_easy_setopt(r->curl, CURLOPT_READDATA, r);
	(void)curl_easy_setopt(r->curl, CURLOPT_USE_SSL, (long)(mail->login != NULL ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	if (mail->login != NULL)
		(void)curl_easy_setopt(r->curl, CURLOPT_USERPWD, mail->login);
	else if (strncmp(wish->url, "smtps:", 6) != 0) { /* TLS with somebody is better than none (RFC 7435) */
		(void)curl_easy_setopt(r->curl, CURLOPT_SSL_VERIFYPEER, 0L);
		(void)curl_easy_setopt(r->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void set_method(struct request *r, const struct web_question *wish)
{
	(void)curl_easy_setopt(r->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (strcmp(wish->method, "HEAD") == 0)
		(void)curl_easy_setopt(r->curl, CURLOPT_NOBODY, 1L);
	if (strcmp(wish->method, "POST") == 0)
		(void)curl_easy_setopt(r->curl, CURLOPT_COPYPOSTFIELDS, wish->body != NULL ? wish->body : "");
}

static void set_headers(struct request *r, const struct web_question *wish)
{
	char text[HEADER_MAX_BYTES];

	if (wish->token != NULL) {
		(void)snprintf(text, sizeof(text), "Authorization: Bearer %s", wish->token);
		r->headers = curl_slist_append(r->headers, text);
	}
	for (size_t i = 0; wish->headers != NULL && wish->headers[i] != NULL; i++)
		r->headers = curl_slist_append(r->headers, wish->headers[i]);
	if (r->headers != NULL)
		(void)curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, r->headers);
}

void web_client_ask(struct web_client *f, const struct web_question *wish)
{
	struct request *r = mem_new(sizeof(*r));

	assert(!f->is_closing);
	*r = (struct request){.client = f, .curl = curl_easy_init(), .on_done = wish->on_done, .data = wish->data};
	if (r->curl == NULL)
		mem_exhausted();
	buf_init(&r->body, wish->max_bytes);
	r->next = f->first;
	if (r->next != NULL)
		r->next->before = r;
	f->first = r;
	(void)curl_easy_setopt(r->curl, CURLOPT_PRIVATE, r);
	(void)curl_easy_setopt(r->curl, CURLOPT_URL, wish->url);
	(void)curl_easy_setopt(r->curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(r->curl, CURLOPT_USERAGENT, "Fontaine/" FONTAINE_VERSION);
	(void)curl_easy_setopt(r->curl, CURLOPT_TIMEOUT_MS, (long)wish->limit_ms);
	(void)curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(r->curl, CURLOPT_QUICK_EXIT, 1L); /* or a look-up that hangs would hang us */
	(void)curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, r);
	(void)curl_easy_setopt(r->curl, CURLOPT_ERRORBUFFER, r->why);
	if (wish->mail != NULL)
		set_mail(r, wish);
	else
		set_method(r, wish);
	set_headers(r, wish);
	(void)curl_multi_add_handle(f->multi, r->curl); /* it fails for a handle that is in another one only */
}

struct web_client *web_client_new(uv_loop_t *loop)
{
	CURLM *multi = curl_multi_init();

	if (multi == NULL)
		mem_exhausted();
	struct web_client *f = mem_new(sizeof(*f));
	f->loop = loop;
	f->multi = multi;
	f->n_handles = 1;
	f->timer.data = f;
	(void)uv_timer_init(loop, &f->timer);
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, f);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, f);
	return f;
}

void web_client_close(struct web_client *f, void (*on_closed)(void *data), void *data)
{
	f->is_closing = true;
	f->on_closed = on_closed;
	f->closed_data = data;
	for (struct request *r = f->first, *next; r != NULL; r = next) {
		next = r->next;
		end(r, -1, "stopped");
	}
	(void)curl_multi_cleanup(f->multi);
	uv_close((uv_handle_t *)&f->timer, on_timer_closed);
}
