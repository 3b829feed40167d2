/* SPDX-License-Identifier: MIT */
#include "base/language.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const language_tags[LANGUAGES] = {"en", "fr"};

enum language language_of(const char *text, enum language otherwise)
{
	for (enum language l = 0; text != NULL && l < LANGUAGES; l++) {
		size_t len = strlen(language_tags[l]);
		if (strncasecmp(text, language_tags[l], len) == 0 && !isalnum((unsigned char)text[len]))
			return l;
	}
	return otherwise;
}

/* The weight of "fr-CH;q=0.8"; 1 when it has none. */
static double weight_of(const char *range)
{
	const char *end = range + strcspn(range, ",");
	const char *parameter = range + strcspn(range, ",;");

	if (parameter == end)
		return 1;
	parameter += 1 + strspn(parameter + 1, " \t");
	return strncasecmp(parameter, "q=", 2) == 0 ? strtod(parameter + 2, NULL) : 1;
}

enum language language_wanted(const char *accept, enum language otherwise)
{
	enum language best = otherwise;
	double best_weight = 0;

	for (const char *range = accept; range != NULL && *range != '\0'; range += strspn(range, ",")) {
		range += strspn(range, " \t");
		enum language l = language_of(range, LANGUAGES);
		double weight = weight_of(range);
		if (l != LANGUAGES && weight > best_weight) {
			best = l;
			best_weight = weight;
		}
		range += strcspn(range, ",");
	}
	return best;
}
