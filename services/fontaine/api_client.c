/* SPDX-License-Identifier: MIT */
#include "fontaine/api_client.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "http://localhost"

enum { URL_MAX_BYTES = 512 };

void api_client_open(struct api_client *a)
{
	a->curl = curl_easy_init();
	if (a->curl == NULL)
		mem_exhausted();
	api_client_add_header(a, "X-Forwarded-For: 127.0.0.1");
	api_client_add_header(a, "Expect:");
}

void api_client_close(struct api_client *a)
{
	curl_easy_cleanup(a->curl);
	curl_slist_free_all(a->headers);
}

void api_client_add_header(struct api_client *a, const char *line)
{
	a->headers = curl_slist_append(a->headers, line);
}

static size_t on_answer(char *data, size_t size, size_t n, void *to)
{
	struct buf *answer = to;

	return buf_add(answer, data, size * n) == 0 ? size * n : 0;
}

long api_client_send(struct api_client *a, const char *method, const char *path, const char *body, struct buf *answer,
                     const char **reterr_why)
{
	char url[URL_MAX_BYTES];
	long status = 0;

	(void)snprintf(url, sizeof(url), "%s%s", a->url != NULL ? a->url : HOST, path);
	(void)curl_easy_setopt(a->curl, CURLOPT_URL, url);
	if (*body != '\0') {
		(void)curl_easy_setopt(a->curl, CURLOPT_POSTFIELDS, body);
		(void)curl_easy_setopt(a->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
	}
	(void)curl_easy_setopt(a->curl, CURLOPT_CUSTOMREQUEST, method);
	(void)curl_easy_setopt(a->curl, CURLOPT_WRITEFUNCTION, on_answer);
	(void)curl_easy_setopt(a->curl, CURLOPT_WRITEDATA, answer);
	(void)curl_easy_setopt(a->curl, CURLOPT_HTTPHEADER, (struct curl_slist *)a->headers);
	(void)curl_easy_setopt(a->curl, CURLOPT_TIMEOUT, (long)API_CLIENT_LIMIT_S);
	if (a->url == NULL)
		(void)curl_easy_setopt(a->curl, CURLOPT_UNIX_SOCKET_PATH, a->socket);
	CURLcode rc = curl_easy_perform(a->curl);
	if (rc == CURLE_OK && curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
		return status;
	*reterr_why = curl_easy_strerror(rc);
	return 0;
}
