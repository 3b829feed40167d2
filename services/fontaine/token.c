/*
 * The views or tables of a daemon's database say and take all there is to its tokens; what is written there is
 * written as the user that the database belongs to, or the daemon could not go on.
 */
/* SPDX-License-Identifier: MIT */
#include "fontaine/token.h"

#include "base/argon2.h"
#include "base/asn.h"
#include "base/json_write.h"
#include "base/token.h"
#include "base/utc.h"
#include "fontaine/command.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	BUSY_LIMIT_MS = 5000,
	LABEL_MAX_BYTES = 63,
	SQL_MAX_BYTES = 256,
};

struct options {
	const struct token_kind *kind;
	const char *db, *label;
	const char *whose; /* NULL: not said */
	bool is_operators, json;
	const char *word; /* that follows the command */
};

static int wrong(const struct options *o, const char *what, const char *remedy)
{
	(void)fprintf(stderr, "fontaine %s token: %s\n  %s\n", o->kind->group, what, remedy);
	return EXIT_WRONG_INPUT;
}

static int failed(sqlite3 *db, const char *path)
{
	(void)fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
	(void)sqlite3_close(db);
	return EXIT_FAILED;
}

/* Be the user that the database belongs to. */
static int become_owner(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		(void)fprintf(stderr,
		              "%s: %s\n  give --db the database of a daemon that was started, and run this as root\n",
		              path, strerror(errno));
		return -1;
	}
	if (geteuid() != 0 || st.st_uid == 0)
		return 0;
	if (setgroups(0, NULL) == 0 && setgid(st.st_gid) == 0 && setuid(st.st_uid) == 0)
		return 0;
	(void)fprintf(stderr, "%s: its owner %u: %s\n", path, (unsigned)st.st_uid, strerror(errno));
	return -1;
}

/* Open the database and prepare @sql. Return: EXIT_FINE, or the exit status, explained. */
static int open_database(const char *path, const char *sql, sqlite3 **ret_db, sqlite3_stmt **ret)
{
	sqlite3 *db = NULL;

	if (become_owner(path) < 0)
		return EXIT_FAILED;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK) {
		(void)sqlite3_busy_timeout(db, BUSY_LIMIT_MS);
		rc = sqlite3_prepare_v2(db, sql, -1, ret, NULL);
	}
	*ret_db = db;
	return rc == SQLITE_OK ? EXIT_FINE : failed(db, path);
}

static bool is_label(const char *text)
{
	size_t len = strlen(text);

	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return len > 0 && len <= LABEL_MAX_BYTES;
}

static int add_token(const struct options *o)
{
	uint32_t asn = 0;
	char text[TOKEN_LEN + 1], hash[ARGON2_TEXT_MAX], sql[SQL_MAX_BYTES];
	struct token t = token_make();
	sqlite3 *db;
	sqlite3_stmt *s;

	if (!o->is_operators && o->kind->is_asn && asn_parse(o->whose, &asn) < 0)
		return wrong(o, "--asn", "give the number of a member's autonomous system, such as 64500");
	if (argon2_hash(t.secret, sizeof(t.secret), hash) < 0) {
		(void)fprintf(stderr, "fontaine %s token: OpenSSL makes no Argon2id\n", o->kind->group);
		return EXIT_FAILED;
	}
	(void)snprintf(sql, sizeof(sql), "INSERT INTO tokens (id, %s, label, hash, created) VALUES (?, ?, ?, ?, ?)",
	               o->kind->owner);
	int status = open_database(o->db, sql, &db, &s);
	if (status != EXIT_FINE)
		return status;
	(void)sqlite3_bind_text(s, 1, t.id, -1, SQLITE_STATIC);
	if (!o->is_operators && o->kind->is_asn)
		(void)sqlite3_bind_int64(s, 2, asn);
	else if (!o->is_operators)
		(void)sqlite3_bind_text(s, 2, o->whose, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 3, o->label, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 4, hash, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(s, 5, time(NULL));
	int rc = sqlite3_step(s);
	(void)sqlite3_finalize(s);
	if (rc != SQLITE_DONE)
		return failed(db, o->db);
	(void)sqlite3_close(db);
	token_text(&t, text);
	(void)printf("%s\n", text);
	(void)fprintf(stderr, "Its id is %s. It is not shown again.\n", t.id);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(&t, sizeof(t));
	return EXIT_FINE;
}

static const char *moment(sqlite3_stmt *row, int column, char out[UTC_TEXT_MAX])
{
	bool is_never = sqlite3_column_type(row, column) == SQLITE_NULL;

	return is_never ? "-" : utc_text(sqlite3_column_int64(row, column), out);
}

static void print_row(sqlite3_stmt *row)
{
	char whose[80] = "operator", created[UTC_TEXT_MAX], used[UTC_TEXT_MAX], revoked[UTC_TEXT_MAX];

	if (sqlite3_column_type(row, 1) == SQLITE_INTEGER)
		(void)snprintf(whose, sizeof(whose), "AS%" PRId64, (int64_t)sqlite3_column_int64(row, 1));
	else if (sqlite3_column_type(row, 1) == SQLITE_TEXT)
		(void)snprintf(whose, sizeof(whose), "%s", (const char *)sqlite3_column_text(row, 1));
	(void)printf("%-8s  %-12s  %-20s  %-20s  %-20s  %s\n", (const char *)sqlite3_column_text(row, 0), whose,
	             moment(row, 3, created), moment(row, 4, used), moment(row, 5, revoked),
	             (const char *)sqlite3_column_text(row, 2));
}

static void print_row_json(sqlite3_stmt *row, const char *owner)
{
	static const char *const times[] = {"created", "last_used", "revoked"};
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(d);
	char text[UTC_TEXT_MAX];

	json_add_text(d, o, "id", (const char *)sqlite3_column_text(row, 0));
	if (sqlite3_column_type(row, 1) == SQLITE_INTEGER)
		yyjson_mut_obj_add_sint(d, o, owner, sqlite3_column_int64(row, 1));
	else
		json_add_text(d, o, owner, (const char *)sqlite3_column_text(row, 1));
	json_add_text(d, o, "label", (const char *)sqlite3_column_text(row, 2));
	for (int i = 0; i < 3; i++) {
		const char *at = moment(row, 3 + i, text);
		json_add_text(d, o, times[i], strcmp(at, "-") == 0 ? NULL : at);
	}
	char *line = json_take(d, o);
	(void)printf("%s\n", line);
	free(line);
}

static int list_tokens(const struct options *o)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	char sql[SQL_MAX_BYTES];
	int rc;

	(void)snprintf(sql, sizeof(sql),
	               "SELECT id, %s, label, created, last_used, revoked FROM tokens ORDER BY created, id",
	               o->kind->owner);
	int status = open_database(o->db, sql, &db, &s);
	if (status != EXIT_FINE)
		return status;
	if (!o->json)
		(void)printf("%-8s  %-12s  %-20s  %-20s  %-20s  %s\n", "id", "whose", "created", "last used", "revoked",
		             "label");
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		if (o->json)
			print_row_json(s, o->kind->owner);
		else
			print_row(s);
	(void)sqlite3_finalize(s);
	if (rc != SQLITE_DONE)
		return failed(db, o->db);
	(void)sqlite3_close(db);
	return EXIT_FINE;
}

/* Say of the token with the id @o->word whether it is one, and still good. */
static int find(const struct options *o)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	int status = open_database(o->db, "SELECT revoked FROM tokens WHERE id = ?", &db, &s);

	if (status != EXIT_FINE)
		return status;
	(void)sqlite3_bind_text(s, 1, o->word, -1, SQLITE_STATIC);
	int rc = sqlite3_step(s);
	bool is_good = rc == SQLITE_ROW && sqlite3_column_type(s, 0) == SQLITE_NULL;
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	if (!is_good)
		(void)fprintf(stderr, "fontaine %s token: %s: %s\n", o->kind->group, o->word,
		              rc == SQLITE_ROW ? "it is revoked already" : "there is no such token: see \"list\"");
	return is_good ? EXIT_FINE : EXIT_FAILED;
}

static int revoke_token(const struct options *o)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	int status = find(o);

	if (status == EXIT_FINE)
		status = open_database(o->db, "UPDATE tokens SET revoked = ? WHERE id = ?", &db, &s);
	if (status != EXIT_FINE)
		return status;
	(void)sqlite3_bind_int64(s, 1, time(NULL));
	(void)sqlite3_bind_text(s, 2, o->word, -1, SQLITE_STATIC);
	int rc = sqlite3_step(s);
	(void)sqlite3_finalize(s);
	if (rc != SQLITE_DONE)
		return failed(db, o->db);
	(void)sqlite3_close(db);
	return EXIT_FINE;
}

static int check_add(const struct options *o)
{
	if (o->is_operators == (o->whose != NULL))
		return wrong(o, "whose token?", o->kind->remedy);
	if (o->label == NULL || !is_label(o->label))
		return wrong(o, "no label", "give --label TEXT, what the token is for, in at most 63 bytes");
	return o->word == NULL ? EXIT_FINE : wrong(o, o->word, "\"add\" takes options alone");
}

/* Return: -1 to go on, else the exit status. */
static int take_options(const struct subcommand *c, int argc, char **argv, struct options *ret)
{
	const struct option long_options[] = {
		{ret->kind->owner, required_argument, NULL, 'w'},
		{"operator", no_argument, NULL, 'o'},
		{"label", required_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{"db", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == '?')
			return subcommand_usage_error(c);
		if (option == 'w')
			ret->whose = optarg;
		if (option == 'l')
			ret->label = optarg;
		if (option == 'd')
			ret->db = optarg;
		ret->is_operators = ret->is_operators || option == 'o';
		ret->json = ret->json || option == 'j';
	}
	ret->word = optind < argc ? argv[optind] : NULL;
	return optind + 1 < argc ? subcommand_usage_error(c) : -1;
}

int token_run(const struct token_kind *kind, const struct subcommand *c, int argc, char **argv)
{
	const char *command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
	struct options o = {.kind = kind, .db = kind->database};
	unsigned skipped = *command != '\0';

	int status = take_options(c, argc - (int)skipped, argv + skipped, &o);
	if (status >= 0)
		return status;
	if (strcmp(command, "add") == 0) {
		status = check_add(&o);
		return status == EXIT_FINE ? add_token(&o) : status;
	}
	if (strcmp(command, "list") == 0 && o.word == NULL)
		return list_tokens(&o);
	if (strcmp(command, "revoke") == 0 && o.word != NULL)
		return revoke_token(&o);
	return subcommand_usage_error(c);
}
