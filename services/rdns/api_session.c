/* SPDX-License-Identifier: MIT */
#include "rdns/api_session.h"

#include "base/json_write.h"
#include "rdns/auth.h"
#include "rdns/cookie.h"

#include <stdio.h>
#include <string.h>

/* @secret: of its cookie; NULL: it shows its token each time. */
static void show(struct api_call *c, const char *secret)
{
	const struct caller *who = &c->caller;
	bool is_member = who->who.role == ROLE_MEMBER;
	char csrf[SESSION_CSRF_LEN + 1];

	c->root = yyjson_mut_obj(c->doc);
	json_add_text(c->doc, c->root, "role", is_member ? "member" : "operator");
	if (is_member)
		yyjson_mut_obj_add_uint(c->doc, c->root, "asn", who->who.asn);
	else
		yyjson_mut_obj_add_null(c->doc, c->root, "asn");
	json_add_text(c->doc, c->root, "name", is_member ? who->name : NULL);
	yyjson_mut_obj_add_bool(c->doc, c->root, "frozen", who->who.is_frozen);
	if (secret != NULL)
		sessions_csrf(c->d->sessions, secret, SESSION_SECRET_LEN, csrf);
	json_add_text(c->doc, c->root, "csrf", secret == NULL ? NULL : csrf);
}

void api_get_session(struct api_call *c)
{
	show(c, auth_cookie(c->request));
	api_call_reply(c, 200);
}

/* @secret: NULL: it is over. */
static void reply_cookie(struct api_call *c, int status, const char *secret)
{
	char cookie[COOKIE_MAX], headers[COOKIE_MAX + 16];

	cookie_write(secret, cookie);
	(void)snprintf(headers, sizeof(headers), "Set-Cookie: %s\r\n", cookie);
	api_call_reply_with(c, status, headers);
}

static void on_known(struct api_call *c)
{
	char secret[SESSION_SECRET_LEN + 1];

	session_secret_make(secret);
	sessions_start(c->d->sessions, SESSION_COOKIE, secret, SESSION_SECRET_LEN, c->caller.token, rdnsd_now_s());
	show(c, secret);
	reply_cookie(c, 200, secret);
	explicit_bzero(secret, sizeof(secret));
}

void api_start_session(struct api_call *c)
{
	const char *site = http_request_header(c->request, "Sec-Fetch-Site");

	if (site != NULL && strcmp(site, "same-origin") != 0)
		api_call_refuse(c, REFUSAL_FORGED);
	else
		auth_find_token(c, c->wanted.token, on_known);
}

void api_end_session(struct api_call *c)
{
	const char *secret = auth_cookie(c->request);

	if (secret != NULL)
		sessions_end(c->d->sessions, secret, SESSION_SECRET_LEN);
	reply_cookie(c, 204, NULL);
}
