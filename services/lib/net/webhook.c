/*
 * webhook_tell() puts an event into a list; run(), on the thread, takes it, tries, and waits between tries.
 * One lock guards the list, the counters and the end; nothing is waited for under it but its own signal.
 */
/* SPDX-License-Identifier: MIT */
#include "net/webhook.h"

#include "base/log.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_GROWS = 5 };

struct event {
	char *json;
	struct event *next;
};

struct webhook {
	char *url;
	uint32_t wait_ms;
	uv_thread_t thread;
	uv_async_t ended;
	void (*on_closed)(void *data);
	void *on_closed_data;

	uv_mutex_t lock;
	uv_cond_t wake;
	struct event *first;
	size_t n_waiting;
	struct webhook_counters counters;
	bool is_closing;
};

static bool is_closing(struct webhook *w)
{
	uv_mutex_lock(&w->lock);
	bool closing = w->is_closing;
	uv_mutex_unlock(&w->lock);
	return closing;
}

static int on_progress(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	return is_closing(data); /* not 0: give up */
}

/** What the server says is of no interest, and may be long. */
static size_t on_body(const char *data, size_t size, size_t n, void *user)
{
	(void)data;
	(void)user;
	return size * n;
}

/** Return: whether it was taken; else why not, for the log. */
static bool post(struct webhook *w, CURL *curl, const char *json, char why[CURL_ERROR_SIZE])
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	long status = 0;

	why[0] = '\0';
	curl_easy_reset(curl);
	(void)curl_easy_setopt(curl, CURLOPT_URL, w->url);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "Fontaine/" FONTAINE_VERSION);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WEBHOOK_LIMIT_S);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* or a look-up that hangs would hang us */
	(void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, w);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	CURLcode rc = curl_easy_perform(curl);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	if (rc == CURLE_OK && status / 100 != 2)
		(void)snprintf(why, CURL_ERROR_SIZE, "status %ld", status);
	else if (rc != CURLE_OK && why[0] == '\0')
		(void)snprintf(why, CURL_ERROR_SIZE, "%s", curl_easy_strerror(rc));
	return rc == CURLE_OK && status / 100 == 2;
}

/** Wait for @ms, or for the end. */
static void wait_between(struct webhook *w, uint64_t ms)
{
	uint64_t until = uv_hrtime() + ms * 1000000, now;

	uv_mutex_lock(&w->lock);
	while (!w->is_closing && (now = uv_hrtime()) < until)
		(void)uv_cond_timedwait(&w->wake, &w->lock, until - now);
	uv_mutex_unlock(&w->lock);
}

static bool tell(struct webhook *w, CURL *curl, const char *json)
{
	char why[CURL_ERROR_SIZE];
	uint64_t wait_ms = w->wait_ms;

	for (int i = 0; i < WEBHOOK_TRIES && !is_closing(w); i++) {
		if (i > 0) {
			wait_between(w, wait_ms);
			wait_ms *= WAIT_GROWS;
		}
		if (post(w, curl, json, why))
			return true;
	}
	if (!is_closing(w))
		log_warn("webhook: %s: %s", w->url, why);
	return false;
}

/** Return: the next event, for free_event(); NULL at the end. */
static struct event *take(struct webhook *w)
{
	uv_mutex_lock(&w->lock);
	while (w->first == NULL && !w->is_closing)
		uv_cond_wait(&w->wake, &w->lock);
	struct event *e = w->is_closing ? NULL : w->first;
	if (e != NULL) {
		w->first = e->next;
		w->n_waiting--;
	}
	uv_mutex_unlock(&w->lock);
	return e;
}

static void free_event(struct event *e)
{
	free(e->json);
	free(e);
}

static void run(void *data)
{
	struct webhook *w = data;
	CURL *curl = curl_easy_init();
	struct event *e;

	if (curl == NULL)
		mem_exhausted();
	while ((e = take(w)) != NULL) {
		bool was_told = tell(w, curl, e->json);
		uv_mutex_lock(&w->lock);
		w->counters.told += was_told;
		w->counters.failed += !was_told;
		uv_mutex_unlock(&w->lock);
		free_event(e);
	}
	curl_easy_cleanup(curl);
	(void)uv_async_send(&w->ended);
}

static void on_ended_closed(uv_handle_t *handle)
{
	struct webhook *w = handle->data;
	struct event *e;

	while ((e = w->first) != NULL) {
		w->first = e->next;
		free_event(e);
	}
	uv_cond_destroy(&w->wake);
	uv_mutex_destroy(&w->lock);
	if (w->on_closed != NULL)
		w->on_closed(w->on_closed_data);
	free(w->url);
	free(w);
}

static void on_ended(uv_async_t *ended)
{
	struct webhook *w = ended->data;

	(void)uv_thread_join(&w->thread); /* it has nothing left to do */
	uv_close((uv_handle_t *)ended, on_ended_closed);
}

int webhook_new(uv_loop_t *loop, const char *url, uint32_t wait_ms, struct webhook **ret)
{
	struct webhook *w = mem_new(sizeof(*w));

	w->url = mem_strdup(url);
	w->wait_ms = wait_ms;
	(void)uv_mutex_init(&w->lock);
	(void)uv_cond_init(&w->wake);
	int rc = uv_async_init(loop, &w->ended, on_ended);
	if (rc < 0) {
		free(w->url);
		free(w);
		return rc;
	}
	w->ended.data = w;
	rc = uv_thread_create(&w->thread, run, w);
	if (rc < 0) {
		uv_close((uv_handle_t *)&w->ended, on_ended_closed);
		return rc;
	}
	*ret = w;
	return 0;
}

void webhook_tell(struct webhook *w, char *json)
{
	struct event *e = mem_new(sizeof(*e));

	e->json = json;
	uv_mutex_lock(&w->lock);
	bool has_room = w->n_waiting < WEBHOOK_WAITING_MAX;
	if (has_room) {
		struct event **end = &w->first;
		while (*end != NULL)
			end = &(*end)->next;
		*end = e;
		w->n_waiting++;
		uv_cond_signal(&w->wake);
	} else {
		w->counters.dropped++;
	}
	uv_mutex_unlock(&w->lock);
	if (!has_room)
		free_event(e);
}

struct webhook_counters webhook_counters(struct webhook *w)
{
	uv_mutex_lock(&w->lock);
	struct webhook_counters c = w->counters;
	uv_mutex_unlock(&w->lock);
	return c;
}

const char *const *webhook_read_paths(void)
{
	static const char *const all[] = {"/etc/ssl/certs", "/usr/share/ca-certificates",
	                                  "/usr/local/share/ca-certificates",
	                                  "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf"};
	static const char *found[sizeof(all) / sizeof(*all) + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (access(all[i], R_OK) == 0)
			found[n++] = all[i];
	found[n] = NULL;
	return found;
}

void webhook_close(struct webhook *w, void (*on_closed)(void *data), void *data)
{
	w->on_closed = on_closed;
	w->on_closed_data = data;
	uv_mutex_lock(&w->lock);
	w->is_closing = true;
	uv_cond_signal(&w->wake);
	uv_mutex_unlock(&w->lock);
}
