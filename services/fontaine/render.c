/* fontaine render: the configurations of the stock servers, into a folder. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/mem.h"
#include "fontaine/rendered.h"

#include <stdlib.h>
#include <unistd.h>

/** @dir as the configurations name it: they are read from anywhere. Release with free(). */
static char *absolute(const char *dir)
{
	char *here = *dir == '/' ? NULL : get_current_dir_name();
	char *path = here == NULL ? mem_strdup(dir) : mem_printf("%s/%s", here, dir);

	free(here);
	return path;
}

int render_run(const struct arguments *a)
{
	struct pop *p;
	struct fileset set;

	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	char *dir = absolute(a->dir);
	fileset_init(&set, dir);
	if (rendered_add(p, a->stock_path, dir, &set) < 0 || fileset_write(&set) < 0)
		rc = EXIT_FAILED;
	fileset_done(&set);
	free(dir);
	pop_free(p);
	return rc;
}
