/* The POP file: from text to struct pop, and the sockets that follow from it. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include "base/as112.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pop_bgp.h"
#include "base/pop_check.h"
#include "base/pop_dns.h"
#include "base/pop_doc.h"
#include "base/pop_mirror.h"
#include "base/pop_neighbour.h"
#include "base/pop_notices.h"
#include "base/pop_schema.h"
#include "base/pop_shape.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 8 << 20 };

/** libcyaml's allocator: a size of 0 frees. */
static void *cyaml_resize(void *ctx, void *p, size_t size)
{
	(void)ctx;
	if (size > 0)
		return mem_resize(p, size, 1);
	free(p);
	return NULL;
}

static const cyaml_config_t cyaml_config = {
	.log_fn = NULL, /* base/pop_shape has said everything before */
	.mem_fn = cyaml_resize,
};

static void set_default_port(uint16_t *port, uint16_t value)
{
	if (*port == 0)
		*port = value;
}

static void set_default(unsigned *number, unsigned value)
{
	if (*number == 0)
		*number = value;
}

static void fill_results(struct pop_results **results, unsigned keep_days)
{
	if (*results == NULL)
		*results = mem_new(sizeof(**results)); /* pop_free() frees it as if it came from the file */
	set_default(&(*results)->keep_days, keep_days);
}

static void fill_speedtest(struct pop_speedtest *s)
{
	set_default_port(&s->http_port, 8080);
	set_default_port(&s->https_port, 8443);
	set_default_port(&s->rpm_port, 8444);
	set_default(&s->max_connections, 10000);
	set_default(&s->requests_per_second, 1000);
	set_default(&s->download_mbps, 10000);
	set_default(&s->upload_mbps, 10000);
	set_default(&s->test_mbps, 1000);
	set_default(&s->tests_per_prefix, 4);
	set_default(&s->queue_length, 50);
	set_default(&s->daily_gib, 500);
	fill_results(&s->results, 90);
}

static void fill_ipv6test(struct pop_ipv6test *s)
{
	set_default_port(&s->http_port, 80);
	set_default_port(&s->https_port, 443);
	set_default_port(&s->dns_port, 53);
	set_default(&s->max_connections, 10000);
	set_default(&s->requests_per_second, 1000);
	set_default(&s->nonces, 65536);
	set_default(&s->answers_per_second, 100);
	fill_results(&s->results, 30);
}

/** The schema keeps 0 out of the file, so 0 is what the file does not give. */
static void fill_defaults(struct pop_doc *d, struct pop_services *s)
{
	if (s->pages != NULL) {
		set_default_port(&s->pages->http_port, 80);
		set_default_port(&s->pages->https_port, 443);
	}
	if (s->speedtest != NULL)
		fill_speedtest(s->speedtest);
	if (s->ipv6test != NULL)
		fill_ipv6test(s->ipv6test);
	if (s->turn != NULL) {
		set_default_port(&s->turn->port, 3478);
		set_default_port(&s->turn->relay_port_first, 49152);
		set_default_port(&s->turn->relay_port_last, 49407);
	}
	if (s->ntp != NULL) {
		set_default_port(&s->ntp->port, 123);
		set_default_port(&s->ntp->nts_port, 4460);
		if (!pop_doc_has(d, "services.ntp.set_clock"))
			s->ntp->set_clock = true;
	}
	pop_dns_fill(d, s);
	if (s->rdns != NULL) {
		set_default(&s->rdns->recheck_hours, 24);
		set_default_port(&s->rdns->notify_port, 5359);
	}
	if (s->mirror != NULL)
		pop_mirror_fill(s->mirror);
}

int pop_parse(const char *text, size_t len, struct pop **ret_pop, struct pop_error *reterr)
{
	struct pop_doc doc;
	struct pop *p = NULL;
	cyaml_err_t err;

	int rc = pop_doc_open(text, len, &doc, reterr);
	if (rc < 0)
		return rc;
	rc = pop_shape_check(&doc, &pop_schema);
	if (rc < 0)
		goto out;
	err = cyaml_load_data((const uint8_t *)text, len, &cyaml_config, &pop_schema,
	                      (cyaml_data_t **)&p, NULL);
	if (err != CYAML_OK) { /* stricter than pop_shape_check(), which knows no such case */
		rc = pop_doc_refuse(&doc, "", "write it the plain way, as in the manual page",
		                    "the file cannot be read: %s", cyaml_strerror(err));
		goto out;
	}
	fill_defaults(&doc, p->services);
	pop_neighbours_fill(p);
	if (p->certificates != NULL && !pop_doc_has(&doc, "certificates.challenge"))
		p->certificates->challenge =
		    p->services->authoritative != NULL ? POP_CHALLENGE_DNS : POP_CHALLENGE_HTTP;
	if (p->bgp != NULL)
		pop_bgp_fill(p->bgp);
	if (p->notices != NULL)
		pop_notices_fill(p);
	rc = pop_check(&doc, p);
	if (rc == 0)
		*ret_pop = p;
	else
		pop_free(p);
out:
	pop_doc_close(&doc);
	return rc;
}

int pop_load(const char *path, struct pop **ret_pop, struct pop_error *reterr)
{
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc == 0) {
		rc = pop_parse(buf_text(&text), text.len, ret_pop, reterr);
		goto out;
	}
	*reterr = (struct pop_error){.remedy = "give the path of a POP file"};
	(void)snprintf(reterr->what, sizeof(reterr->what), "cannot be read: %s", strerror(-rc));
out:
	buf_done(&text);
	return rc;
}

int pop_read(const char *path, struct pop **ret_pop)
{
	struct pop_error e;
	int rc = pop_load(path, ret_pop, &e);

	if (rc < 0)
		log_error("%s:%u:%u: %s: %s", path, e.line, e.column, e.what, e.remedy);
	return rc;
}

void pop_free(struct pop *p)
{
	(void)cyaml_free(&cyaml_config, &pop_schema, p, 0);
}

char *pop_text(const struct pop *p)
{
	char *yaml = NULL;
	size_t len = 0;

	if (cyaml_save_data(&yaml, &len, &cyaml_config, &pop_schema, p, 0) != CYAML_OK)
		abort(); /* what was loaded by the schema can be written by it */
	char *text = mem_printf("%.*s", (int)len, yaml);
	(void)cyaml_resize(NULL, yaml, 0);
	return text;
}

static struct pop_service service(const struct pop *p, const char *name, bool is_on,
                                  const struct pop_addresses *own)
{
	return (struct pop_service){name, is_on, own != NULL ? own : p->addresses};
}

void pop_list_services(const struct pop *p, struct pop_service ret[POP_SERVICES])
{
	const struct pop_services *s = p->services;

	ret[0] = service(p, "pages", s->pages, s->pages ? s->pages->addresses : NULL);
	ret[1] = service(p, "speedtest", s->speedtest, s->speedtest ? s->speedtest->addresses : NULL);
	ret[2] = service(p, "ipv6test", s->ipv6test, s->ipv6test ? s->ipv6test->addresses : NULL);
	ret[3] = service(p, "turn", s->turn, s->turn ? s->turn->addresses : NULL);
	ret[4] = service(p, "ntp", s->ntp, s->ntp ? s->ntp->addresses : NULL);
	ret[5] = service(p, "resolver", s->resolver, s->resolver ? s->resolver->addresses : NULL);
	ret[6] = service(p, "authoritative", s->authoritative,
	                 s->authoritative ? s->authoritative->addresses : NULL);
	ret[7] = service(p, "as112", s->authoritative && s->authoritative->as112, &as112_addresses);
	ret[8] = service(p, "rdns", s->rdns, s->pages ? s->pages->addresses : NULL);
	ret[9] = service(p, "mirror", s->mirror, s->pages ? s->pages->addresses : NULL);
}

/** Where pop_endpoints() puts what it finds. */
struct listing {
	const struct pop *pop;
	struct pop_endpoint *all;
	size_t n;
};

static void list_one(struct listing *l, const char *service, const char *protocol,
                     const char *address, uint16_t port)
{
	struct pop_endpoint e = {.service = service, .protocol = protocol};

	if (address == NULL || addr_parse(address, port, &e.addr) < 0)
		return; /* pop_check() names an address that is none */
	assert(l->n < POP_ENDPOINTS_MAX);
	l->all[l->n++] = e;
}

static void list(struct listing *l, const char *service, const char *protocol,
                 const struct pop_addresses *own, uint16_t port)
{
	const struct pop_addresses *a = own != NULL ? own : l->pop->addresses;

	if (a == NULL)
		return;
	list_one(l, service, protocol, a->ipv4, port);
	list_one(l, service, protocol, a->ipv6, port);
}

static void list_ipv6test(struct listing *l, const struct pop_ipv6test *s)
{
	list(l, "ipv6test", "http", s->addresses, s->http_port);
	list(l, "ipv6test", "https", s->addresses, s->https_port);
	list(l, "ipv6test", "udp", s->addresses, s->dns_port);
	list(l, "ipv6test", "tcp", s->addresses, s->dns_port);
	list_one(l, "ipv6test", "mtu-http", s->mtu_ipv6, s->http_port);
	list_one(l, "ipv6test", "mtu-https", s->mtu_ipv6, s->https_port);
}

static void list_resolver(struct listing *l, const struct pop_resolver *s)
{
	list(l, "resolver", "udp", s->addresses, s->port);
	list(l, "resolver", "tcp", s->addresses, s->port);
	list(l, "resolver", "dot", s->addresses, s->tls_port);
	list(l, "resolver", "doh", s->addresses, s->https_port);
}

static void list_authoritative(struct listing *l, const struct pop_authoritative *s)
{
	list(l, "authoritative", "udp", s->addresses, s->port);
	list(l, "authoritative", "tcp", s->addresses, s->port);
	list(l, "authoritative", "dot", s->addresses, s->tls_port);
	if (s->server == POP_DNS_KNOT)
		list(l, "authoritative", "doq", s->addresses, s->tls_port);
	for (size_t i = 0; i < AS112_HOSTS && s->as112; i++) {
		list_one(l, "as112", "udp", as112_hosts[i], AS112_PORT);
		list_one(l, "as112", "tcp", as112_hosts[i], AS112_PORT);
	}
}

size_t pop_endpoints(const struct pop *p, struct pop_endpoint ret[POP_ENDPOINTS_MAX])
{
	struct listing l = {.pop = p, .all = ret};
	const struct pop_services *s = p->services;

	if (s->pages != NULL) {
		list(&l, "pages", "http", s->pages->addresses, s->pages->http_port);
		list(&l, "pages", "https", s->pages->addresses, s->pages->https_port);
		list(&l, "pages", "http3", s->pages->addresses, s->pages->https_port);
	}
	if (s->speedtest != NULL) {
		list(&l, "speedtest", "http", s->speedtest->addresses, s->speedtest->http_port);
		list(&l, "speedtest", "https", s->speedtest->addresses, s->speedtest->https_port);
		list(&l, "speedtest", "rpm", s->speedtest->addresses, s->speedtest->rpm_port);
	}
	if (s->ipv6test != NULL)
		list_ipv6test(&l, s->ipv6test);
	if (s->turn != NULL)
		list(&l, "turn", "udp", s->turn->addresses, s->turn->port);
	if (s->ntp != NULL) {
		list(&l, "ntp", "udp", s->ntp->addresses, s->ntp->port);
		list(&l, "ntp", "nts", s->ntp->addresses, s->ntp->nts_port);
	}
	if (s->resolver != NULL)
		list_resolver(&l, s->resolver);
	if (s->authoritative != NULL)
		list_authoritative(&l, s->authoritative);
	if (s->rdns != NULL && s->authoritative != NULL) {
		list(&l, "rdns", "udp", s->authoritative->addresses, s->rdns->notify_port);
		list(&l, "rdns", "tcp", s->authoritative->addresses, s->rdns->notify_port);
	}
	if (s->mirror != NULL && s->pages != NULL)
		list(&l, "mirror", "rsync", s->pages->addresses, s->mirror->rsync_port);
	return l.n;
}

size_t pop_resolvers(const struct pop *p, struct addr ret[POP_ENDPOINTS_MAX])
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n_all = pop_endpoints(p, all), n = 0;

	for (size_t i = 0; i < n_all; i++)
		if (strcmp(all[i].service, "resolver") == 0 && strcmp(all[i].protocol, "udp") == 0)
			ret[n++] = all[i].addr;
	return n;
}

bool pop_resolver(const struct pop *p, struct addr *ret)
{
	struct addr all[POP_ENDPOINTS_MAX];
	bool has_any = pop_resolvers(p, all) > 0;

	if (has_any)
		*ret = all[0];
	return has_any;
}

size_t pop_ipv6_zones(const struct pop *p, const char *ret[POP_IPV6_ZONES_MAX])
{
	static const char *const always[] = {"a", "aaaa", "ds", "late", "tcp", "v4ns", "v6ns", "qmin",
	                                     "alg8", "alg13", "alg15", "bogus", "expired", "nosig"};
	const struct pop_ipv6test *s = p->services->ipv6test;
	size_t n = 0;

	if (s == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		ret[n++] = always[i];
	if (s->mtu_ipv6 != NULL)
		ret[n++] = "mtu";
	if (s->blackhole_ipv6 != NULL)
		ret[n++] = "he";
	return n;
}
