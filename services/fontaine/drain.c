/* fontaine drain, fontaine undrain: have neighbours go elsewhere before something is stopped, and come back. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/api_client.h"
#include "fontaine/command.h"
#include "fontaine/watch.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789"

enum {
	ANSWER_MAX_BYTES = 1 << 20,
	PATH_MAX_BYTES = 96,
};

/** "192.0.2.53     leaving    resolver ntp", for each address that is announced. */
static void print_addresses(const struct buf *answer)
{
	struct buf lines;

	buf_init(&lines, ANSWER_MAX_BYTES);
	watch_add_addresses(&lines, buf_text(answer), answer->len);
	(void)fputs(buf_text(&lines), stdout);
	buf_done(&lines);
}

/** Ask healthd. Return: the exit status. */
static int send_wish(const char *command, const char *service)
{
	struct api_client a = {.socket = WATCH_SOCKET};
	char path[PATH_MAX_BYTES];
	struct buf answer;
	const char *why;
	int result = EXIT_FAILED;

	(void)snprintf(path, sizeof(path), "/%s%s%s", command, service != NULL ? "?service=" : "",
	               service != NULL ? service : "");
	buf_init(&answer, ANSWER_MAX_BYTES);
	api_client_open(&a);
	long status = api_client_send(&a, "POST", path, "", &answer, &why);
	if (status == 200) {
		print_addresses(&answer);
		result = EXIT_FINE;
	} else if (status == 404) {
		(void)fprintf(stderr, "fontaine %s: %s: the POP file switches no such service on\n", command,
		              service != NULL ? service : "all");
		result = EXIT_WRONG_INPUT;
	} else {
		(void)fprintf(stderr, "%s: %s\n  is healthd running, and may you ask it? systemctl status healthd; run "
		                      "this as root\n",
		              WATCH_SOCKET, status == 0 ? why : "it could not");
	}
	api_client_close(&a);
	buf_done(&answer);
	return result;
}

int drain_main(int argc, char **argv)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	int option = getopt_long(argc, argv, "", options, NULL);

	if (option == 'h') {
		(void)printf("Usage: fontaine %s [SERVICE]\n"
		             "Have the addresses of SERVICE, a key in the POP file (default: all), %s.\n"
		             "More: man fontaine-drain\n",
		             argv[0], strcmp(argv[0], "drain") == 0 ? "leave" : "announced again");
		return EXIT_FINE;
	}
	const char *service = argv[optind];
	bool is_name = service == NULL || strspn(service, LETTERS) == strlen(service);
	if (option != -1 || argc - optind > 1 || !is_name) {
		(void)fprintf(stderr, "Usage: fontaine %s [SERVICE]\n", argv[0]);
		return EXIT_WRONG_INPUT;
	}
	return send_wish(argv[0], service);
}
