/* Going back to an older generation, with a real rsync daemon, folders and a daemon that starts anew. */
/* SPDX-License-Identifier: MIT */
#include "engine_fixture.h"

static int back(struct fixture *f, const char *project, uint64_t to)
{
	f->is_told = false;
	engine_rollback(f->engine, project, to, on_told, f);
	while (!f->is_told)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return f->wish_rc;
}

/* Three generations, of which the newest is published. */
static void make_generations(void)
{
	rsyncd_shell(&up, "cd root/good && mkdir -p generations/1 generations/2 generations/3"
	                  " && echo 1 >generations/1/a"
	                  " && echo 2 >generations/2/a && rm -rf current && ln -s generations/3 current");
}

static void test_back_and_on(void **state)
{
	struct fixture *f = *state;

	make_generations();
	assert_int_equal(back(f, "good", 0), 0);
	assert_true(rsyncd_has(&up, "root/good/current/a", "2\n"));
	assert_true(rsyncd_has(&up, "root/good/run/dirty", ""));
	run_until(f, "good", "\"state\":\"held\"");
	run_until(f, "good", "rolled back from generation 3 to 2");
	run_until(f, "good", "\"generation\":2");
	run_until(f, "good", "fontaine mirror release good");
	assert_int_equal(wish(f, "good", ENGINE_RUN), -EBUSY);
	assert_int_equal(back(f, "good", 0), 0); /* further back, though it is held */
	assert_true(rsyncd_has(&up, "root/good/current/a", "1\n"));
	close_engine(f);
	open_engine(f);
	run_until(f, "good", "\"state\":\"held\""); /* still */
	run_until(f, "good", "rolled back from generation 2 to 1");
	assert_int_equal(back(f, "good", 3), 0);
	assert_int_equal(wish(f, "good", ENGINE_RELEASE), 0);
	run_until(f, "good", "1 came, 0 went");
	assert_true(rsyncd_has(&up, "root/good/current/a", "a\n"));
	run_until(f, "good", "\"state\":\"waiting\"");
}

static void test_what_cannot_be(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(back(f, "nothing", 0), -ENOENT);
	assert_int_equal(back(f, "good", 0), -ENODATA);    /* nothing is published */
	rsyncd_shell(&up, "ln -s tree root/good/current"); /* written in two stages */
	assert_int_equal(back(f, "good", 0), -ENODATA);
	make_generations();
	assert_int_equal(back(f, "good", 7), -ENODATA);
	assert_int_equal(back(f, "good", 3), -ENODATA); /* it is that already */
	run_until(f, "good", "\"state\":\"waiting\"");
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	assert_int_equal(back(f, "good", 1), -EINPROGRESS);
	run_until(f, "good", "1 came, 0 went");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_back_and_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_be, setup, teardown),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/rollback", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
