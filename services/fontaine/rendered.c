/* The configurations of the stock servers, from templates. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/rendered.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/networks.h"
#include "base/pop_json.h"
#include "fontaine/template.h"
#include "fontaine/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 16 << 20,
       EXPORT_MAX_BYTES = 64 << 20 };

/** What is written for each service, or what several share; the template has the same name. */
static const struct output {
	const char *service;
	const char *name;
} outputs[] = {
	{"pages", "nginx/nginx.conf"},
	{"tls", "tls/names"},
	{"certificates", "tls/acme"},
	{"turn", "coturn/turnserver.conf"},
	{"ntp", "chrony/chrony.conf"},
	{"ntp", "chrony/options"},
	{"resolver", "unbound/unbound.conf"},
	{"knot", "knot/knot.conf"},
	{"knot", "knot/pop.zone"},
	{"authoritative", "knot/reverse.list"},
	{"as112", "as112/empty.zone"},
	{"as112", "as112/empty-arpa.zone"},
	{"as112", "as112/hostname.zone"},
	{"nsd", "nsd/nsd.conf"},
	{"rdns", "knot/reverse.zone"},
	{"rdns", "knot/catalog.zone"},
	{"rdns", "knot/synthesised.zone"},
	{"bgp", "bird/bird.conf"},
	{"mirror", "nginx/mirror.conf"},
	{"mirror", "rsync/rsyncd.conf"},
	{"mirror", "www/projects.html"},
	{"network", "network/resolv.conf"},
	{"network", "nftables/nftables.conf"},
};

/** What is written for each interface, as network/NAME and what follows; the template is network/interface and that. */
static const struct interface_output {
	const char *part; /* of the interface: null when it has none of it */
	const char *suffix;
} interface_outputs[] = {
	{"name", ".network"},
	{"bond", "-cards.network"},
	{"kind", ".netdev"},
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
	rc = template_render(buf_text(&text), view, &out, &error);
	if (rc < 0)
		log_error("%s:%u: %s", path, error.line, error.what);
	else
		*ret = buf_take_text(&out);
out:
	buf_done(&text);
	buf_done(&out);
	return rc;
}

static int add_files(const char *stock_path, yyjson_val *view, struct fileset *set)
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

/** The networkd units of one interface. */
static int add_interface(const char *stock_path, yyjson_val *interface, struct fileset *set)
{
	for (size_t i = 0; i < sizeof(interface_outputs) / sizeof(*interface_outputs); i++) {
		const struct interface_output *o = &interface_outputs[i];
		char *text = NULL;
		if (yyjson_is_null(yyjson_obj_get(interface, o->part)))
			continue;
		char *path = mem_printf("%s/network/interface%s", stock_path, o->suffix);
		int rc = render_template(path, interface, &text);
		free(path);
		if (rc < 0)
			return rc;
		char *name = mem_printf("network/%s%s", yyjson_get_str(yyjson_obj_get(interface, "name")), o->suffix);
		fileset_take(set, name, text);
		free(name);
	}
	return 0;
}

static int add_interfaces(const char *stock_path, yyjson_val *view, struct fileset *set)
{
	yyjson_val *interface;
	size_t i, n;

	yyjson_arr_foreach(yyjson_obj_get(yyjson_obj_get(view, "network"), "interfaces"), i, n, interface) {
		int rc = add_interface(stock_path, interface, set);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/**
 * The networks of the exchange, for their page. When its list cannot be read, they stay as they were: the
 * POP needs none of it to work.
 */
static void add_networks(struct fileset *set, const struct pop *p)
{
	struct networks *n = NULL;
	struct buf export;

	if (p->exchange != NULL && networks_new(p, &n) < 0)
		return;
	buf_init(&export, EXPORT_MAX_BYTES);
	bool is_passed_on = n != NULL && p->exchange->publish_export && buf_add_file(&export, p->ixf_export) == 0;
	const char *where = is_passed_on ? "/networks/ixf.json" : NULL;
	fileset_take(set, "www/networks.json", n != NULL ? networks_json(n, where) : NULL);
	fileset_take(set, "www/ixf.json", is_passed_on ? buf_take_text(&export) : NULL);
	buf_done(&export);
	networks_free(n);
}

int rendered_add(const struct pop *p, const char *stock_path, const char *dir, struct fileset *set)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = view_new(d, p, dir);
	yyjson_doc *view = yyjson_mut_val_imut_copy(root, NULL); /* NULL for NULL */

	int rc = view != NULL ? add_files(stock_path, yyjson_doc_get_root(view), set) : -EINVAL;
	if (rc == 0)
		rc = add_interfaces(stock_path, yyjson_doc_get_root(view), set);
	if (rc == 0) {
		fileset_take(set, "www/pop.json", pop_public_json(p));
		add_networks(set, p);
	}
	yyjson_doc_free(view);
	yyjson_mut_doc_free(d);
	return rc;
}
