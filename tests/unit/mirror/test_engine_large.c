/* Large files of what is published: found, read once, described, and known after a restart. */
/* SPDX-License-Identifier: MIT */
#include "engine_fixture.h"

#define SITE "http://pop.example"

struct answer {
	bool is_there;
	int rc;
	char text[2048];
};

static void on_text(void *data, int rc, const char *text)
{
	struct answer *a = data;

	a->is_there = true;
	a->rc = rc;
	(void)snprintf(a->text, sizeof(a->text), "%s", rc == 0 ? text : "");
}

static void on_bytes(void *data, int rc, const struct buf *answer)
{
	on_text(data, rc, rc == 0 ? answer->data : NULL);
}

static struct answer describe(struct fixture *f, const char *path, enum metainfo_kind kind)
{
	struct answer a = {.is_there = false};

	engine_describe(f->engine, &(struct engine_large){"good", path, kind, SITE}, on_bytes, &a);
	while (!a.is_there)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return a;
}

static struct answer list(struct fixture *f)
{
	struct answer a = {.is_there = false};

	engine_ask(f->engine, &(struct engine_question){"good", ENGINE_LARGE, 0}, on_text, &a);
	while (!a.is_there)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return a;
}

static void assert_hashed(struct fixture *f, const char *bytes)
{
	char line[128];
	struct buf b;

	(void)snprintf(line, sizeof(line), "mirrord_hashed_bytes_total{project=\"good\"} %s\n", bytes);
	buf_init(&b, 1 << 20);
	engine_metrics(f->engine, &b);
	if (strstr(b.data, line) == NULL)
		fail_msg("no %s in %s", line, b.data);
	buf_done(&b);
}

static void publish_and_read(struct fixture *f, const char *change, const char *counts)
{
	rsyncd_shell(&up, change);
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", " came, ");
	run_until(f, "good", counts);
}

/** The second one takes "good" from here, which takes it from the third one. */
static int setup_large(void **state)
{
	static char name[] = "paris", pages[] = "//www.paris.example", good[] = "good", *push[] = {good};
	static char other[] = "lyon", tier[] = "https://www.lyon.example";
	static struct pop_neighbour_mirror mirror = {.pages = pages, .push = push, .n_push = 1};
	static struct pop_neighbour_mirror upstream = {.pages = tier};
	static const struct pop_neighbour neighbours[] = {
		{.name = name}, {.name = name, .mirror = &mirror}, {.name = other, .mirror = &upstream}};

	int rc = setup(state);
	struct fixture *f = *state;

	close_engine(f);
	f->projects[0].large_mib = 1;
	f->projects[0].max_delete_percent = 100;
	f->config.neighbours = neighbours;
	f->config.n_neighbours = 3;
	f->projects[0].follow = other;
	open_engine(f);
	return rc;
}

static void test_read_once(void **state)
{
	struct fixture *f = *state;

	publish_and_read(f, "mkdir up/iso && head -c 1048575 /dev/zero >up/small && truncate -s 1M 'up/iso/a+b c.iso'",
	                 "\"large_bytes\":1048576,\"large_files\":1,\"large_waiting\":0");
	assert_hashed(f, "1048576");
	struct answer a = describe(f, "iso/a+b c.iso", METAINFO_SHA256);
	assert_string_equal(a.text, "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58  a+b c.iso\n");
	a = describe(f, "iso/a+b c.iso", METAINFO_METALINK);
	assert_non_null(strstr(a.text, "<url priority=\"1\">" SITE "/good/iso/a%2Bb%20c.iso</url>"));
	assert_non_null(
	    strstr(a.text, "<url priority=\"2\">https://www.paris.example/good/iso/a%2Bb%20c.iso</url>"));
	assert_non_null(
	    strstr(a.text, "<url priority=\"3\">https://www.lyon.example/good/iso/a%2Bb%20c.iso</url>"));
	assert_non_null(strstr(a.text, "<url priority=\"4\">" RSYNCD_URL "iso/a%2Bb%20c.iso</url>"));
	a = describe(f, "iso/a+b c.iso", METAINFO_TORRENT);
	assert_non_null(strstr(a.text, "d4:infod6:lengthi1048576e"));
	assert_null(strstr(a.text, "rsync://"));
	assert_int_equal(describe(f, "small", METAINFO_SHA256).rc, -ENOENT);
	assert_int_equal(describe(f, "../held/lock", METAINFO_SHA256).rc, -ENOENT);
	assert_int_equal(describe(f, "iso", METAINFO_SHA256).rc, -ENOENT);
	assert_non_null(strstr(list(f).text, "[{\"path\":\"iso/a+b c.iso\",\"bytes\":1048576,\"modified\":"));

	rsyncd_shell(&up, "echo b >up/b");
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"state\":\"running\"");
	run_until(f, "good", "\"state\":\"waiting\"");
	assert_true(rsyncd_exists(&up, "root/good/current/b"));
	assert_hashed(f, "1048576");
	close_engine(f);
	open_engine(f);
	run_until(f, "good", "\"large_files\":1,\"large_waiting\":0");
	assert_int_equal(describe(f, "iso/a+b c.iso", METAINFO_SHA256).rc, 0);
	assert_hashed(f, "0");
}

/* What is replaced is not described by the hash of what it was, not for a moment. */
static void test_replaced(void **state)
{
	struct fixture *f = *state;

	publish_and_read(f, "truncate -s 1M up/a.iso", "\"large_files\":1,\"large_waiting\":0");
	struct answer before = describe(f, "a.iso", METAINFO_SHA256);
	assert_int_equal(before.rc, 0);
	rsyncd_shell(&up, "cd root/good/current && head -c 1M /dev/urandom >new && mv new a.iso");
	assert_int_equal(describe(f, "a.iso", METAINFO_SHA256).rc, -ENOENT);
	close_engine(f);
	open_engine(f);
	run_until(f, "good", "\"large_files\":1,\"large_waiting\":0");
	struct answer after = describe(f, "a.iso", METAINFO_SHA256);
	assert_int_equal(after.rc, 0);
	assert_string_not_equal(after.text, before.text);
	assert_hashed(f, "1048576");
}

/* It ends at once, whatever is left to read, and goes on with that when it starts again. */
static void test_cut_off(void **state)
{
	struct fixture *f = *state;

	rsyncd_shell(&up, "mkdir -p root/good/current && cd root/good/current && truncate -s 8T endless &&"
	                  " truncate -s 1M small");
	close_engine(f);
	open_engine(f);
	run_until(f, "good", "\"large_files\":2,\"large_waiting\":2");
	close_engine(f);
	rsyncd_shell(&up, "cd root/good/current && rm endless");
	open_engine(f);
	run_until(f, "good", "\"large_files\":1,\"large_waiting\":0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_once, setup_large, teardown),
		cmocka_unit_test_setup_teardown(test_replaced, setup_large, teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, setup_large, teardown),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/engine_large", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
