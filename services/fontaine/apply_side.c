/* A POP file, and all that comes of it. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_side.h"

#include "base/buf.h"
#include "fontaine/command.h"
#include "fontaine/generated.h"
#include "fontaine/rendered.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 8 << 20 };

/** Return: EXIT_FINE and *ret, released with free(); else another, printed. */
static int read_text(const char *path, char **ret)
{
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc < 0)
		(void)fprintf(stderr, "%s: cannot be read: %s\n  give the path of a POP file\n", path, strerror(-rc));
	else
		*ret = buf_take_text(&text);
	buf_done(&text);
	return rc < 0 ? EXIT_WRONG_INPUT : EXIT_FINE;
}

int apply_side_init(struct apply_side *s, const char *path)
{
	struct pop_error e;

	*s = (struct apply_side){0};
	fileset_init(&s->rendered, "/run/fontaine");
	fileset_init(&s->generated, "/run/systemd/generator");
	int rc = read_text(path, &s->text);
	if (rc != EXIT_FINE)
		return rc;
	if (pop_parse(s->text, strlen(s->text), &s->pop, &e) < 0) {
		command_print_error(path, &e);
		rc = EXIT_WRONG_INPUT;
	} else if (rendered_add(s->pop, STOCK_PATH, s->rendered.dir, &s->rendered) < 0) {
		rc = EXIT_FAILED;
	} else {
		generated_add(s->pop, &s->generated);
	}
	if (rc != EXIT_FINE)
		apply_side_done(s);
	return rc;
}

void apply_side_done(struct apply_side *s)
{
	fileset_done(&s->rendered);
	fileset_done(&s->generated);
	pop_free(s->pop); /* nothing for NULL */
	free(s->text);
	*s = (struct apply_side){0};
}

int apply_side_stage(const struct apply_side *s, const char *dir, struct fileset *ret)
{
	fileset_init(ret, dir);
	int rc = rendered_add(s->pop, STOCK_PATH, dir, ret);
	return rc < 0 ? rc : fileset_write(ret);
}
