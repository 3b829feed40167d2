/* A log that is looked at again and again while it grows. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_LOG_NEW_H
#define FONTAINE_FONTAINE_LOG_NEW_H

/** Of a log only the end is kept: what of @now came after @before, the look before it. Return: an end of @now. */
const char *log_new(const char *before, const char *now);

#endif
