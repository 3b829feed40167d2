/* Pictures: PNG of the right size, also in the sandbox and whatever the texts are. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/picture.h"

#include "../../support/sandboxed.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

static struct card card_for(const char *title, enum language language, bool both)
{
	struct result r = {.loss_percent = NAN};
	struct card c;

	for (size_t i = 0; i < RESULT_FAMILIES; i++)
		r.figures[i] = result_no_figures;
	r.figures[RESULT_IPV4] = (struct result_figures){941.2e6, 94.31e6, 12.34, 0.5, 3, 31};
	if (both)
		r.figures[RESULT_IPV6] = (struct result_figures){9.41e9, NAN, 4.2, 0.1, 250, NAN};
	card_of(&r, 1795246560, title, language, &c);
	return c;
}

static int open_pictures(void **state)
{
	return pictures_open(PICTURE_FONTS, (struct pictures **)state);
}

static int close_pictures(void **state)
{
	pictures_close(*state);
	return 0;
}

/* Draw; check head and size of the PNG (ISO 15948, 5.2 and 11.2.1). Return: its length. */
static size_t draw(struct pictures *p, const struct card *c)
{
	static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x02\x76";
	struct buf png;

	buf_init(&png, PICTURE_MAX_BYTES);
	assert_int_equal(pictures_draw(p, c, &png), 0);
	assert_true(png.len > 5000);
	assert_memory_equal(png.data, head, sizeof(head) - 1);
	assert_memory_equal(png.data + png.len - 8, "IEND\xae\x42\x60\x82", 8);
	size_t len = png.len;
	buf_done(&png);
	return len;
}

static void test_each_kind(void **state)
{
	struct pictures *p = *state;

	for (enum language l = 0; l < LANGUAGES; l++) {
		struct card one = card_for("LyonIX, Lyon 3", l, false), two = card_for("LyonIX, Lyon 3", l, true);
		assert_int_not_equal(draw(p, &one), draw(p, &two));
	}
}

static void test_titles(void **state)
{
	char wide[513];

	memset(wide, 'W', sizeof(wide) - 1);
	wide[512] = '\0';
	const char *const titles[] = {"", wide, "café € 日本 🚰", "\t\n"};
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		struct card c = card_for(titles[i], LANGUAGE_EN, true);
		(void)draw(*state, &c);
	}
}

static void test_a_small_buffer(void **state)
{
	struct card c = card_for("LyonIX", LANGUAGE_EN, true);
	struct buf png;

	buf_init(&png, 1000);
	assert_int_equal(pictures_draw(*state, &c, &png), -ENOBUFS);
	buf_done(&png);
}

static void *draw_some(void *pictures)
{
	struct card c = card_for("LyonIX", LANGUAGE_FR, true);

	for (int i = 0; i < 3; i++)
		(void)draw(pictures, &c);
	return NULL;
}

static void test_several_threads(void **state)
{
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, draw_some, *state), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static int draw_in_sandbox(const void *arg)
{
	struct card c = card_for("LyonIX", LANGUAGE_EN, true);
	struct buf png;

	buf_init(&png, PICTURE_MAX_BYTES);
	int rc = pictures_draw((struct pictures *)arg, &c, &png);
	buf_done(&png);
	return -rc;
}

static void test_in_sandbox(void **state)
{
	assert_int_equal(sandboxed(sandbox_apply, &(struct sandbox){0}, draw_in_sandbox, *state), 0);
}

static void ignore(const struct log_record *record)
{
	(void)record;
}

static void test_missing_fonts(void **state)
{
	struct pictures *p = NULL;
	(void)state;

	log_set_sink(ignore);
	assert_int_equal(pictures_open("/missing", &p), -ENOENT);
	assert_null(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_a_small_buffer),
		cmocka_unit_test(test_several_threads),
		cmocka_unit_test(test_in_sandbox),
		cmocka_unit_test(test_missing_fonts),
	};
	return cmocka_run_group_tests(tests, open_pictures, close_pictures);
}
