/* fontaine status --watch: what healthd knows, anew each second. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/watch.h"

#include "base/utf8.h"
#include "fontaine/api_client.h"
#include "fontaine/command.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <yyjson.h>

/* ECMA-48, and xterm's second screen, which leaves what was on the first as it was. */
#define SCREEN_OPEN  "\033[?1049h\033[?25l"
#define SCREEN_CLOSE "\033[?25h\033[?1049l"
#define SCREEN_HOME  "\033[H"
#define SCREEN_REST  "\033[J"
#define LINE_END     "\033[K\n"

enum {
	WIDTH = 80,
	ANSWER_MAX_BYTES = 1 << 20,
	GAP_S = 1,
};

/** A line, cut off where the terminal ends; what would steer that is escaped. */
static void __attribute__((format(printf, 2, 3))) add_line(struct buf *b, const char *format, ...)
{
	char raw[2 * WIDTH], line[WIDTH + 1];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	utf8_escape(raw, line, sizeof(line));
	(void)buf_printf(b, "%s\n", line);
}

static const char *text_of(yyjson_val *object, const char *key)
{
	const char *text = yyjson_get_str(yyjson_obj_get(object, key));

	return text != NULL ? text : "-";
}

static void add_addresses(struct buf *b, yyjson_val *root)
{
	yyjson_val *address, *service;
	size_t i, n, k, n_services;

	yyjson_arr_foreach(yyjson_obj_get(root, "addresses"), i, n, address) {
		char services[WIDTH] = "";
		size_t len = 0;
		yyjson_arr_foreach(yyjson_obj_get(address, "services"), k, n_services, service)
			if (len < sizeof(services))
				len += (size_t)snprintf(services + len, sizeof(services) - len, " %s",
				                        yyjson_is_str(service) ? yyjson_get_str(service) : "-");
		add_line(b, "%-24s %-10s%s", text_of(address, "address"), text_of(address, "state"), services);
	}
}

void watch_add_addresses(struct buf *b, const char *json, size_t len)
{
	yyjson_doc *d = yyjson_read(json, len, 0);

	add_addresses(b, yyjson_doc_get_root(d));
	yyjson_doc_free(d);
}

/** "ntp            up       2026-01-01T00:00:00Z  stratum 2"; and below why it is down. */
static void add_service(struct buf *b, const char *name, yyjson_val *service)
{
	yyjson_val *figure = yyjson_obj_get(service, "figure");
	const char *state = yyjson_get_bool(yyjson_obj_get(service, "drained")) ? "drained" : text_of(service, "state");
	char value[WIDTH] = "";

	if (figure != NULL)
		(void)snprintf(value, sizeof(value), "%s %.10g %s", text_of(figure, "name"),
		               yyjson_get_num(yyjson_obj_get(figure, "value")), text_of(figure, "unit"));
	add_line(b, "%-14s %-8s %-21s %s", name, state, text_of(service, "since"), value);
	if (yyjson_obj_get(service, "detail") != NULL)
		add_line(b, "  %s", text_of(service, "detail"));
}

void watch_add_status(struct buf *b, const char *json, size_t len)
{
	yyjson_doc *d = yyjson_read(json, len, 0);
	yyjson_val *root = yyjson_doc_get_root(d), *services = yyjson_obj_get(root, "services"), *key, *service;
	size_t i, n;

	add_line(b, "%s   %s", text_of(root, "time"),
	         yyjson_get_bool(yyjson_obj_get(root, "ready")) ? "ready" : "not ready");
	(void)buf_printf(b, "\n");
	add_line(b, "%-14s %-8s %-21s %s", "SERVICE", "STATE", "SINCE", "FIGURE");
	if (services != NULL) /* yyjson_obj_foreach() would take a step from NULL */
		yyjson_obj_foreach(services, i, n, key, service)
			add_service(b, yyjson_get_str(key), service);
	if (yyjson_arr_size(yyjson_obj_get(root, "addresses")) > 0) {
		(void)buf_printf(b, "\n");
		add_line(b, "%-24s %-10s %s", "ADDRESS", "STATE", "SERVICES");
		add_addresses(b, root);
	}
	yyjson_doc_free(d);
}

/** What was there before stays on the screen up to the end of each line, so that nothing flickers. */
static void show(const struct buf *b)
{
	(void)fputs(SCREEN_HOME, stdout);
	for (const char *line = buf_text(b), *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		(void)printf("%.*s" LINE_END, (int)(end - line), line);
	(void)fputs(SCREEN_REST, stdout);
	(void)fflush(stdout);
}

static void ask_and_show(struct api_client *a)
{
	struct buf answer, screen;
	const char *why = "it could not";

	buf_init(&answer, ANSWER_MAX_BYTES);
	buf_init(&screen, ANSWER_MAX_BYTES);
	if (api_client_send(a, "GET", "/status.json", "", &answer, &why) == 200) {
		watch_add_status(&screen, buf_text(&answer), answer.len);
	} else {
		add_line(&screen, "%s: %s", WATCH_SOCKET, why);
		add_line(&screen, "  is healthd running, and may you ask it? run this as root");
	}
	show(&screen);
	buf_done(&screen);
	buf_done(&answer);
}

/** Leave the terminal as it was, at once, whatever goes on. */
static void on_signal(int number)
{
	static const char text[] = SCREEN_CLOSE;

	(void)number;
	(void)!write(STDOUT_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_FINE);
}

int watch_run(void)
{
	struct api_client a = {.socket = WATCH_SOCKET};

	if (isatty(STDOUT_FILENO) == 0) {
		(void)fprintf(stderr, "fontaine status --watch: the output is no terminal\n"
		                      "  run it in one, or fontaine status --json as often as you like\n");
		return EXIT_WRONG_INPUT;
	}
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGHUP, on_signal);
	(void)signal(SIGTSTP, SIG_IGN); /* it would leave the terminal as it is */
	(void)fputs(SCREEN_OPEN, stdout);
	api_client_open(&a);
	for (;;) {
		ask_and_show(&a);
		(void)sleep(GAP_S);
	}
}
