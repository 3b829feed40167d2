/* SPDX-License-Identifier: MIT */
#include "speedtest/card.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const labels[LANGUAGES][CARD_FIGURES] = {
	[LANGUAGE_EN] = {"Download", "Upload", "Latency", "Jitter", "Latency added by download",
                         "Latency added by upload"},
	[LANGUAGE_FR] = {"Réception", "Envoi", "Latence", "Gigue", "Latence ajoutée par la réception",
                         "Latence ajoutée par l’envoi"},
};

static const char *const months[LANGUAGES][12] = {
	[LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
                         "October", "November", "December"},
	[LANGUAGE_FR] = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
                         "octobre", "novembre", "décembre"},
};

/* With so many digits after the decimal sign of the language. */
static void write_number(double number, int digits, enum language language, char ret[16])
{
	if (isnan(number)) {
		(void)strcpy(ret, "–");
		return;
	}
	(void)snprintf(ret, 16, "%.*f", digits, number);
	char *dot = strchr(ret, '.');
	if (dot != NULL && language == LANGUAGE_FR)
		*dot = ',';
}

/* Three significant digits: no more than a measurement is worth. */
static int digits_for(double value)
{
	if (value >= 99.95)
		return 0;
	return value < 9.995 ? 2 : 1;
}

static void write_speed(double bps, enum language language, struct card_figure *ret)
{
	bool is_giga = bps >= 999.5e6;
	double value = bps / (is_giga ? 1e9 : 1e6);

	ret->unit = is_giga ? "Gbit/s" : "Mbit/s";
	write_number(value, digits_for(value), language, ret->value);
}

static void write_time(double ms, enum language language, struct card_figure *ret)
{
	ret->unit = "ms";
	write_number(ms, fabs(ms) < 9.95 ? 1 : 0, language, ret->value);
}

static void write_date(int64_t unix_seconds, enum language language, char ret[48])
{
	time_t t = unix_seconds;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)snprintf(ret, 48, "%d %s %d, %02d:%02d UTC", tm.tm_mday, months[language][tm.tm_mon], tm.tm_year + 1900,
	               tm.tm_hour, tm.tm_min);
}

static struct card_family family_of(const struct result_figures *f, const char *name, enum language l)
{
	struct card_family family = {.name = name, .grade = result_grade(f)};

	for (size_t i = 0; i < CARD_FIGURES; i++)
		family.figures[i].label = labels[l][i];
	write_speed(f->download_bps, l, &family.figures[CARD_DOWNLOAD]);
	write_speed(f->upload_bps, l, &family.figures[CARD_UPLOAD]);
	write_time(f->latency_ms, l, &family.figures[CARD_LATENCY]);
	write_time(f->jitter_ms, l, &family.figures[CARD_JITTER]);
	write_time(f->download_added_ms, l, &family.figures[CARD_DOWNLOAD_ADDED]);
	write_time(f->upload_added_ms, l, &family.figures[CARD_UPLOAD_ADDED]);
	return family;
}

void card_of(const struct result *r, int64_t time, const char *title, enum language language, struct card *ret)
{
	static const char *const names[RESULT_FAMILIES] = {"IPv4", "IPv6"};

	*ret = (struct card){.language = language, .title = title};
	write_date(time, language, ret->date);
	for (size_t i = 0; i < RESULT_FAMILIES; i++)
		if (result_figures_any(&r->figures[i]))
			ret->families[ret->n_families++] = family_of(&r->figures[i], names[i], language);
	if (!isnan(r->loss_percent))
		write_number(r->loss_percent, r->loss_percent < 9.95 ? 1 : 0, language, ret->loss);
}

void card_sentence(const struct card *c, char *ret, size_t size)
{
	size_t n = 0;

	*ret = '\0';
	for (const struct card_family *f = c->families; f < c->families + c->n_families && n < size; f++) {
		const struct card_figure *all = f->figures;
		n += (size_t)snprintf(ret + n, size - n, "%s%s%s ", f == c->families ? "" : "; ", f->name,
		                      c->language == LANGUAGE_FR ? " :" : ":");
		for (enum card_figure_name i = CARD_DOWNLOAD; i <= CARD_LATENCY && n < size; i++)
			n += (size_t)snprintf(ret + n, size - n, "%s%s %s %s", i == CARD_DOWNLOAD ? "" : ", ",
			                      all[i].label, all[i].value, all[i].unit);
	}
}
