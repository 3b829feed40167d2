/* rdnsd: reverse DNS, which members fill themselves. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "net/bearer.h"
#include "net/http_daemon.h"
#include "rdns/api.h"
#include "rdns/notifying.h"
#include "rdns/prompting.h"
#include "rdns/publishing.h"
#include "rdns/rdns_db.h"
#include "rdns/rdnsd.h"
#include "rdns/rechecking.h"
#include "rdns/roster.h"

#include <errno.h>
#include <stdlib.h>

/* Of nginx, which passes requests on. */
enum {
	CONNECTIONS_MAX = 1024,
	REQUESTS_PER_SECOND = 1000, /* of one client */
	SESSIONS_MAX = 4096,
};

static const struct http_route *const tables[] = {api_http_routes, NULL};

struct program {
	struct http_daemon daemon;
	struct rdnsd rdnsd;
};

static int open_database(struct rdnsd *d)
{
	const char *state = getenv("STATE_DIRECTORY"); /* systemd.exec(5) */

	if (state == NULL) {
		log_error("no $STATE_DIRECTORY to keep the database in: have the service manager give one");
		return -ENOENT;
	}
	d->database = mem_printf("%s/rdns.db", state);
	d->roster = roster_new(d->pop);
	return roster_read(d->roster, d->database);
}

static int load(struct program *p)
{
	struct rdnsd *d = &p->rdnsd;

	p->daemon.n_workers = 1;
	p->daemon.http.max_conns = CONNECTIONS_MAX;
	p->daemon.http.rate = (struct limit_rate){REQUESTS_PER_SECOND, REQUESTS_PER_SECOND * 5};
	d->daemon = &p->daemon;
	d->pop = p->daemon.pop;
	allocations_init(&d->allocations, d->pop->services->rdns);
	d->sessions = sessions_new(SESSIONS_MAX);
	d->bearer = bearer_new(d->sessions);
	const struct pop_rdns *section = d->pop->services->rdns;
	d->whose = whose_new(d->pop, (const char *const *)section->origins, section->n_origins, NULL);
	p->daemon.other_descriptors = CHECKING_DESCRIPTORS + FOLLOWING_DESCRIPTORS + NOTIFYING_CONNECTIONS_MAX;
	d->prompting_fd = prompting_open(PROMPTING_PIPE);
	int rc = publishing_read_key(&d->key);
	return rc == 0 ? open_database(d) : rc;
}

/* What it was about to note is in the store. */
static void on_following_closed(void *data)
{
	struct rdnsd *d = data;

	store_close(d->store, NULL, NULL);
}

static void on_publishing_closed(void *data)
{
	struct rdnsd *d = data;

	following_close(d->following, on_following_closed, d);
}

/* What it had noted is in the store. */
static void on_rechecking_closed(void *data)
{
	struct rdnsd *d = data;

	roster_stop(d->roster);
	whose_unwatch(d->whose);
	if (d->webhook != NULL)
		webhook_close(d->webhook, NULL, NULL);
	publishing_close(d->publishing, on_publishing_closed, d);
}

/* No request is at hand any more, nor what one has begun. */
static void close_parts(struct rdnsd *d)
{
	notifying_stop(d->notifying, NULL, NULL);
	checking_close(d->checking, NULL, NULL);
	rechecking_close(d->rechecking, on_rechecking_closed, d);
}

static void on_server_closed(void *data)
{
	struct rdnsd *d = data;

	d->on_idle = close_parts;
	if (d->n_calls == 0)
		close_parts(d);
}

static void stop_worker(unsigned index, void *data)
{
	struct program *p = data;

	checking_stop(p->rdnsd.checking); /* whoever waits for one is told so in time */
	http_daemon_stop(&p->daemon, index, on_server_closed, &p->rdnsd);
}

static void start_checks(struct rdnsd *d)
{
	const char *url = d->pop->services->rdns->webhook;

	if (url != NULL && webhook_new(d->loop, url, WEBHOOK_WAIT_MS, &d->webhook) < 0)
		log_error("services.rdns.webhook: there is no thread for it: nobody is told");
	whose_watch(d->whose, d->loop);
	d->checking = checking_new(d->loop, d->pop, d->whose);
	d->rechecking = rechecking_new(&(struct rechecking_config){.loop = d->loop,
	                                                           .store = d->store,
	                                                           .checking = d->checking,
	                                                           .webhook = d->webhook,
	                                                           .pop = d->pop});
}

static int start_worker(uv_loop_t *loop, unsigned index, void *data)
{
	struct program *p = data;
	struct rdnsd *d = &p->rdnsd;

	d->loop = loop;
	int rc = store_open(loop, d->database, rdns_migrations, &d->store);
	if (rc < 0)
		return rc;
	roster_watch(d->roster, loop, d->store);
	d->publishing =
	    publishing_new(&(struct publishing_config){.loop = loop,
	                                               .store = d->store,
	                                               .pop = d->pop,
	                                               .zones = &d->allocations,
	                                               .key = &d->key,
	                                               .prompting_fd = d->prompting_fd});
	start_checks(d);
	d->following = following_new(&(struct visit_config){loop, d->store, d->checking, d->rechecking, d->publishing});
	int notify_rc = notifying_start(d->notifying, loop, d->following); /* both, for both are stopped */
	rc = http_daemon_start(&p->daemon, index, loop);
	rc = rc < 0 ? rc : notify_rc;
	if (rc < 0)
		stop_worker(index, p);
	return rc;
}

enum { READ_PATHS_MAX = 64 };

static void add_paths(const char *paths[READ_PATHS_MAX + 1], const char *const *more)
{
	size_t n = 0;

	while (paths[n] != NULL)
		n++;
	while (*more != NULL && n < READ_PATHS_MAX)
		paths[n++] = *more++;
}

/* All is open: what is left is to answer, to ask name servers, to keep the database, and to read files that change. */
static int enter_sandbox(struct program *p, const struct daemon_options *options)
{
	const char *const write_paths[] = {getenv("STATE_DIRECTORY"), NULL};
	const char *read_paths[READ_PATHS_MAX + 1] = {NULL};

	add_paths(read_paths, roster_read_paths(p->rdnsd.roster));
	add_paths(read_paths, whose_read_paths(p->rdnsd.whose));
	if (p->rdnsd.pop->services->rdns->webhook != NULL)
		add_paths(read_paths, webhook_read_paths());
	struct sandbox left = {.read_paths = read_paths, .write_paths = write_paths, .network = true};

	return http_daemon_confine(&p->daemon, options, &left);
}

static int serve(struct program *p, const struct daemon_options *options)
{
	static const struct worker_ops ops = {start_worker, stop_worker};
	int rc = load(p);

	if (rc == 0)
		rc = http_daemon_open(&p->daemon, options);
	if (rc == 0)
		rc = notifying_open(p->rdnsd.pop, &p->rdnsd.allocations, &p->rdnsd.notifying);
	if (rc == 0)
		rc = enter_sandbox(p, options);
	return rc == 0 ? workers_run(1, &ops, p) : rc;
}

static void release(struct program *p)
{
	struct rdnsd *d = &p->rdnsd;

	if (d->bearer != NULL)
		bearer_free(d->bearer);
	sessions_free(d->sessions);
	if (d->roster != NULL)
		roster_free(d->roster);
	if (d->whose != NULL)
		whose_free(d->whose);
	if (d->notifying != NULL)
		notifying_free(d->notifying);
	allocations_done(&d->allocations);
	free(d->database);
	http_daemon_release(&p->daemon);
	free(p);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "rdnsd", .summary = "Serve a POP's reverse DNS to its members."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct program *p = mem_new(sizeof(*p));
	p->daemon.name = options.name;
	p->daemon.service = "rdns";
	p->daemon.proxy_path = "/run/rdnsd/http.sock";
	p->daemon.http =
	    (struct http_config){.tables = tables, .timeouts = http_timeouts_default, .data = &p->rdnsd};

	int rc = http_daemon_load_pop(&p->daemon, options.pop_path);
	if (rc == 0)
		rc = serve(p, &options);
	release(p);
	return daemon_end(rc);
}
