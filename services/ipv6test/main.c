/* ipv6testd: the IPv6 test's server. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "ipv6test/dns.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/readiness.h"
#include "ipv6test/session.h"
#include "ipv6test/share.h"
#include "ipv6test/share_db.h"
#include "ipv6test/tables.h"
#include "ipv6test/who.h"
#include "net/http_daemon.h"
#include "net/whose.h"

#include <stdlib.h>

/* The page and its answers arrive on every path of IPv6's smallest MTU, also where larger packets get lost: */
enum { SEGMENT_BYTES = 1280 - 40 - 20 - 12 }; /* less the heads of IPv6, and of TCP with timestamps (RFC 8200, 5) */

struct ipv6testd {
	struct http_daemon daemon;
	struct archive_worker *archive[WORKERS_MAX];
	struct ipv6test test;
};

static void load_test(struct ipv6testd *d)
{
	const struct pop *pop = d->daemon.pop;
	const struct pop_ipv6test *section = pop->services->ipv6test;
	d->daemon.n_workers = section->workers;
	d->daemon.http.max_conns = section->max_connections;
	d->daemon.http.rate = (struct limit_rate){section->requests_per_second, section->requests_per_second * 5};
	d->test.pop = pop;
	d->test.nonce_key = nonce_key_new();
	d->test.session = session_new(pop);
	const struct pop_results *results = section->results;
	d->test.whose = whose_new(pop, (const char *const *)results->origins, results->n_origins, section->vrps);
	d->test.who = who_new(pop, d->test.whose);
	d->test.share = share_new();
	d->test.readiness = readiness_new();
	d->test.archive_config = (struct archive_config){
		.policy = results,
		.state = getenv("STATE_DIRECTORY"), /* systemd.exec(5) */
		.migrations = share_migrations,
	};
	d->test.archive = archive_new(&d->test.archive_config);
	d->daemon.other_descriptors = DNS_MAX_CONNS;
}

static int open_dns(struct ipv6testd *d)
{
	int rc = dns_new(d->test.pop, &d->test.nonce_key, getenv("STATE_DIRECTORY"), &d->test.dns);

	return rc == 0 ? dns_open(d->test.dns, d->test.pop, d->daemon.n_workers) : rc;
}

/* Whoever had sent a result still had it stored. */
static void on_server_closed(void *data)
{
	archive_close(data);
}

static void stop_worker(unsigned index, void *data)
{
	struct ipv6testd *d = data;

	http_daemon_stop(&d->daemon, index, on_server_closed, d->archive[index]);
	if (index == 0)
		whose_unwatch(d->test.whose);
	dns_stop(d->test.dns, index);
}

static int start_worker(uv_loop_t *loop, unsigned index, void *data)
{
	struct ipv6testd *d = data;

	d->archive[index] = archive_open(d->test.archive, index, loop);
	if (index == 0)
		whose_watch(d->test.whose, loop);
	int dns_rc = dns_start(d->test.dns, index, loop); /* both, for both are stopped */
	int rc = http_daemon_start(&d->daemon, index, loop);
	rc = rc < 0 ? rc : dns_rc;
	if (rc < 0)
		stop_worker(index, d);
	return rc;
}

/* All is open: what is left is to answer, to store results, to read files that change, and to ask the resolver. */
static int enter_sandbox(struct ipv6testd *d, const struct daemon_options *options)
{
	struct sandbox left = {.read_paths = whose_read_paths(d->test.whose),
	                       .write_paths = archive_write_paths(d->test.archive),
	                       .network = true};

	return http_daemon_confine(&d->daemon, options, &left);
}

static int run(struct ipv6testd *d)
{
	static const struct worker_ops ops = {start_worker, stop_worker};

	return workers_run(d->daemon.n_workers, &ops, d);
}

/* What Knot needs before it starts. */
static int prepare(const struct ipv6testd *d, const char *path)
{
	return dns_prepare(d->daemon.pop, getenv("STATE_DIRECTORY"), path);
}

static int serve(struct ipv6testd *d, const struct daemon_options *options)
{
	load_test(d);
	int rc = http_daemon_open(&d->daemon, options);
	if (rc == 0)
		rc = open_dns(d);
	if (rc == 0)
		rc = enter_sandbox(d, options);
	return rc == 0 ? run(d) : rc;
}

static void release(struct ipv6testd *d)
{
	if (d->test.archive != NULL)
		archive_free(d->test.archive);
	if (d->test.readiness != NULL)
		readiness_free(d->test.readiness);
	if (d->test.share != NULL)
		share_free(d->test.share);
	if (d->test.who != NULL)
		who_free(d->test.who);
	if (d->test.whose != NULL)
		whose_free(d->test.whose);
	if (d->test.session != NULL)
		session_free(d->test.session);
	if (d->test.dns != NULL)
		dns_free(d->test.dns);
	http_daemon_release(&d->daemon);
	free(d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {
		.name = "ipv6testd", .summary = "Serve a POP's IPv6 test.", .can_prepare = true};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct ipv6testd *d = mem_new(sizeof(*d));
	d->daemon.name = options.name;
	d->daemon.service = "ipv6test";
	d->daemon.proxy_path = "/run/ipv6testd/http.sock";
	d->daemon.http = (struct http_config){.tables = ipv6test_tables,
	                                      .timeouts = http_timeouts_default,
	                                      .segment_bytes = SEGMENT_BYTES,
	                                      .data = &d->test};
	d->test.daemon = &d->daemon;

	int rc = http_daemon_load_pop(&d->daemon, options.pop_path);
	if (rc == 0)
		rc = options.prepare_path != NULL ? prepare(d, options.prepare_path) : serve(d, &options);
	release(d);
	return daemon_end(rc);
}
