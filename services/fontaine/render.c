/* fontaine render: the configurations of the stock servers, from templates. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pop_json.h"
#include "fontaine/fileset.h"
#include "fontaine/template.h"
#include "fontaine/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX_BYTES = 16 << 20 };

/** What is written for each service, or what several share; the template has the same name. */
static const struct output {
	const char *service;
	const char *name;
} outputs[] = {
	{"pages", "nginx/nginx.conf"},
	{"tls", "tls/names"},
	{"turn", "coturn/turnserver.conf"},
	{"ntp", "chrony/chrony.conf"},
	{"ntp", "chrony/options"},
	{"resolver", "unbound/unbound.conf"},
	{"authoritative", "knot/knot.conf"},
	{"authoritative", "knot/pop.zone"},
	{"rdns", "knot/reverse.zone"},
	{"rdns", "knot/reverse.list"},
	{"rdns", "knot/catalog.zone"},
	{"rdns", "knot/synthesised.zone"},
	{"mirror", "nginx/mirror.conf"},
	{"mirror", "rsync/rsyncd.conf"},
	{"mirror", "www/projects.html"},
};

/** Fill in the template @path; *ret is released with free(). Logs what is wrong. */
static int render_template(const char *path, yyjson_val *view, char **ret)
{
	struct buf text, out;
	struct template_error error;

	buf_init(&text, TEXT_MAX_BYTES);
	buf_init(&out, TEXT_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc < 0) {
		log_error("%s: %s", path, strerror(-rc));
		goto out;
	}
	rc = template_render(text.data == NULL ? "" : text.data, view, &out, &error);
	if (rc < 0)
		log_error("%s:%u: %s", path, error.line, error.what);
	else
		*ret = buf_take_text(&out);
out:
	buf_done(&text);
	buf_done(&out);
	return rc;
}

/** Add each service's files to @set; those of a service that is off are to go away. */
static int render_all(const char *stock_path, yyjson_val *view, struct fileset *set)
{
	for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
		char *text = NULL;
		int rc = 0;
		if (!yyjson_is_null(yyjson_obj_get(view, outputs[i].service))) {
			char *path = mem_printf("%s/%s", stock_path, outputs[i].name);
			rc = render_template(path, view, &text);
			free(path);
		}
		if (rc < 0)
			return rc;
		fileset_take(set, outputs[i].name, text);
	}
	return 0;
}

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
	rc = EXIT_FAILED;
	char *dir = absolute(a->dir);
	fileset_init(&set, dir);
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = view_new(d, p, dir);
	yyjson_doc *view = yyjson_mut_val_imut_copy(root, NULL); /* NULL for NULL */
	if (view != NULL && render_all(a->stock_path, yyjson_doc_get_root(view), &set) == 0) {
		fileset_take(&set, "www/pop.json", pop_public_json(p));
		rc = fileset_write(&set) < 0 ? EXIT_FAILED : EXIT_FINE;
	}
	yyjson_doc_free(view);
	yyjson_mut_doc_free(d);
	fileset_done(&set);
	free(dir);
	pop_free(p);
	return rc;
}
