/* speedtestd: the speed test's server. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "net/http_daemon.h"
#include "speedtest/gate.h"
#include "speedtest/payload.h"
#include "speedtest/results.h"
#include "speedtest/speedtest.h"
#include "speedtest/tables.h"

#include <stdlib.h>

struct speedtestd {
	struct http_daemon daemon;
	struct results_worker *results[WORKERS_MAX];
	struct speedtest test;
};

static int load_pop(struct speedtestd *d, const char *path)
{
	int rc = http_daemon_load_pop(&d->daemon, path);
	if (rc < 0)
		return rc;

	const struct pop *pop = d->daemon.pop;
	const struct pop_speedtest *section = pop->services->speedtest;
	d->daemon.n_workers = section->workers;
	d->daemon.http.max_conns = section->max_connections;
	d->daemon.http.rate = (struct limit_rate){section->requests_per_second, section->requests_per_second * 5};
	d->test.pop = pop;
	d->test.gate = gate_new(section);
	turn_init(&d->test.turn, pop);
	d->test.results = results_new(pop, getenv("STATE_DIRECTORY")); /* systemd.exec(5) */
	return 0;
}

/* Whoever had sent a result still had it stored. */
static void on_server_closed(void *data)
{
	results_close(data);
}

static void stop_worker(unsigned index, void *data)
{
	struct speedtestd *d = data;

	http_daemon_stop(&d->daemon, index, on_server_closed, d->results[index]);
}

static int start_worker(uv_loop_t *loop, unsigned index, void *data)
{
	struct speedtestd *d = data;

	d->results[index] = results_open(d->test.results, index, loop);
	int rc = http_daemon_start(&d->daemon, index, loop);
	if (rc < 0)
		stop_worker(index, d);
	return rc;
}

/* All is open: what is left is to accept, to answer, to store results, and to read files that change. */
static int enter_sandbox(struct speedtestd *d, const struct daemon_options *options)
{
	struct sandbox left = {.read_paths = results_read_paths(d->test.results),
	                       .write_paths = results_write_paths(d->test.results)};

	return http_daemon_confine(&d->daemon, options, &left);
}

static int run(struct speedtestd *d)
{
	static const struct worker_ops ops = {start_worker, stop_worker};

	return workers_run(d->daemon.n_workers, &ops, d);
}

static void release(struct speedtestd *d)
{
	if (d->test.payload.size_bytes > 0)
		payload_done(&d->test.payload);
	if (d->test.gate != NULL)
		gate_free(d->test.gate);
	if (d->test.results != NULL)
		results_free(d->test.results);
	http_daemon_release(&d->daemon);
	free(d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "speedtestd", .summary = "Serve a POP's speed test."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct speedtestd *d = mem_new(sizeof(*d));
	d->daemon.name = options.name;
	d->daemon.service = "speedtest";
	d->daemon.http = (struct http_config){
		.tables = speedtest_tables, .timeouts = http_timeouts_default, .data = &d->test};
	d->test.daemon = &d->daemon;

	int rc = load_pop(d, options.pop_path);
	if (rc == 0)
		rc = payload_init(&d->test.payload);
	if (rc == 0)
		rc = http_daemon_open(&d->daemon, &options);
	if (rc == 0)
		rc = enter_sandbox(d, &options);
	if (rc == 0)
		rc = run(d);
	release(d);
	return daemon_end(rc);
}
