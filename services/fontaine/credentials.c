/* fontaine credentials: secrets that a machine is given at its start: whether they are right, and a disk of them. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "fontaine/child.h"
#include "fontaine/command.h"
#include "fontaine/command_group.h"
#include "fontaine/credential_rules.h"
#include "fontaine/credential_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CREDENTIALS_MAX = 1024,
	DISK_BYTES = 4 << 20,
	TOOL_LIMIT_MS = 20000,
	TOOL_SAYS_MAX_BYTES = 4096,
};

/** Those that are there, and how many faults were found with them. */
struct credentials {
	struct {
		char *name, *text;
		size_t len;
	} all[CREDENTIALS_MAX];
	size_t n;
	unsigned n_faults;
};

static int check(const struct subcommand *c, int argc, char **argv);
static int disk(const struct subcommand *c, int argc, char **argv);

static const struct subcommand commands[] = {
	{"credentials", "check", check, "[FILE]", "say whether this machine has the credentials that its POP needs",
         "  FILE          the POP file (default: " POP_PATH ")\n"},
	{"credentials", "disk", disk, "FOLDER IMAGE [FILE]", "make a disk of credentials for a machine",
         "  FOLDER        has a file for each, called like the credential\n"
         "  IMAGE         the disk to write, for the machine to find at its start\n"
         "  FILE          the POP file: see that nothing is missing\n"},
};

static void complain(struct credentials *all, const char *what, const char *remedy)
{
	(void)fprintf(stderr, "%s\n  %s\n", what, remedy);
	all->n_faults++;
}

static size_t find(const struct credentials *all, const char *name)
{
	size_t i = 0;

	while (i < all->n && strcmp(all->all[i].name, name) != 0)
		i++;
	return i;
}

/** The first of a name is in force. */
static void take(void *data, const char *source, const char *name, const struct buf *text)
{
	struct credentials *all = data;
	struct credential_fault fault;

	(void)source;
	if (all->n == CREDENTIALS_MAX || find(all, name) < all->n)
		return;
	if (!credential_is_right(name, buf_text(text), text->len, &fault))
		complain(all, fault.what, fault.remedy);
	all->all[all->n].name = mem_strdup(name);
	all->all[all->n].text = mem_new(text->len + 1);
	memcpy(all->all[all->n].text, buf_text(text), text->len);
	all->all[all->n++].len = text->len;
}

/** The same of what is not ours alone: systemd takes others, too. */
static void take_known(void *data, const char *source, const char *name, const struct buf *text)
{
	if (credential_is_known(name) || strncmp(name, "passwd.", 7) == 0)
		take(data, source, name, text);
}

static void compare(void *data, const char *source, const char *name, const struct buf *text)
{
	struct credentials *all = data;
	size_t i = find(all, name);

	if (!credential_is_known(name))
		return;
	if (i < all->n && all->all[i].len == text->len && memcmp(all->all[i].text, buf_text(text), text->len) == 0)
		return;
	char *what = mem_printf("%s: %s has another one than is in force", name, source);
	complain(all, what, "give this machine each credential once: by SMBIOS, fw_cfg or one disk");
	free(what);
}

static void need(void *data, const char *name, const char *why)
{
	struct credentials *all = data;

	if (find(all, name) < all->n)
		return;
	char *what = mem_printf("%s: it is missing", name);
	char *remedy = mem_printf("%s in the POP file asks for it; see fontaine-credentials(1)", why);
	complain(all, what, remedy);
	free(remedy);
	free(what);
}

/** Say what the POP file lacks. Return: the exit status. */
static int conclude(struct credentials *all, const char *pop_path)
{
	struct pop *p = NULL;
	int result = pop_path != NULL ? command_load_pop(pop_path, &p) : EXIT_FINE;

	if (result != EXIT_FINE)
		return result;
	if (p != NULL) {
		credential_each_needed(p, need, all);
		pop_free(p);
	}
	return all->n_faults > 0 ? EXIT_FAILED : EXIT_FINE;
}

static void let_go(struct credentials *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->all[i].name);
		explicit_bzero(all->all[i].text, all->all[i].len);
		free(all->all[i].text);
	}
}

static int check(const struct subcommand *c, int argc, char **argv)
{
	static struct credentials all;

	if (argc > 2 || (argc > 1 && *argv[1] == '-'))
		return subcommand_usage_error(c);
	credential_each_in_force("", take_known, &all);
	credential_each_given("", compare, &all);
	int result = conclude(&all, argc > 1 ? argv[1] : POP_PATH);
	let_go(&all);
	return result;
}

static int run_tool(const char *const argv[])
{
	struct buf said;

	buf_init(&said, TOOL_SAYS_MAX_BYTES);
	int rc = child_run(argv, TOOL_LIMIT_MS, &said);
	if (rc == -ENOENT)
		(void)fprintf(stderr, "%s\n  install the packages dosfstools and mtools\n", buf_text(&said));
	else if (rc != 0)
		(void)fprintf(stderr, "%s\n", buf_text(&said));
	buf_done(&said);
	return rc;
}

static int copy_to_disk(const struct credentials *all, const char *folder, const char *disk)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		char *path = mem_printf("%s/%s", folder, all->all[i].name);
		const char *const copy[] = {"mcopy", "-i", disk, path, "::", NULL};
		rc = run_tool(copy);
		free(path);
	}
	return rc;
}

/** A FAT file system by whose name machines know it; nobody else may read the file. */
static int write_disk(const struct credentials *all, const char *folder, const char *image)
{
	char *unfinished = mem_printf("%s.new", image);
	const char *const format[] = {"mkfs.vfat", "--invariant", "-n", "CREDENTIALS", unfinished, NULL};
	int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = fd < 0 || ftruncate(fd, DISK_BYTES) < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	if (rc == 0 && (run_tool(format) != 0 || copy_to_disk(all, folder, unfinished) != 0))
		rc = -EIO;
	if (rc == 0 && rename(unfinished, image) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %s\n  nothing is written\n", image, strerror(-rc));
		(void)unlink(unfinished);
	}
	free(unfinished);
	return rc == 0 ? EXIT_FINE : EXIT_FAILED;
}

static int disk(const struct subcommand *c, int argc, char **argv)
{
	static struct credentials all;

	if (argc < 3 || argc > 4)
		return subcommand_usage_error(c);
	int rc = credential_each_in(argv[1], take, &all);
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %s\n  give a folder of files only\n", argv[1], strerror(-rc));
		return EXIT_WRONG_INPUT;
	}
	int result = EXIT_WRONG_INPUT;
	if (conclude(&all, argc > 3 ? argv[3] : NULL) == EXIT_FINE)
		result = write_disk(&all, argv[1], argv[2]);
	let_go(&all);
	return result;
}

int credentials_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "credentials",
		.summary = "see whether secrets are right, and make a disk of them",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}
