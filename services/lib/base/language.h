/* The languages of our pages. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_LANGUAGE_H
#define FONTAINE_BASE_LANGUAGE_H

enum language {
	LANGUAGE_EN,
	LANGUAGE_FR,
	LANGUAGES,
};

extern const char *const language_tags[LANGUAGES]; /* "en", "fr" */

/** The language that the tag @text ("fr", "fr-CH") begins with; @otherwise when it is none of ours, or NULL. */
enum language language_of(const char *text, enum language otherwise);

/**
 * The one of our languages that the header Accept-Language (RFC 9110, 12.5.4) likes most,
 * of several the first; @otherwise when it likes none, or is NULL.
 */
enum language language_wanted(const char *accept, enum language otherwise);

#endif
