/*
 * The code of a shared result: 40 random bits in Crockford's base32, as somebody reads it out
 * on the telephone: "7ZQ4-0M2K". Case and dashes do not matter, O is 0, I and L are 1. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_CODE_H
#define FONTAINE_IPV6TEST_CODE_H

#include <stddef.h>
#include <stdint.h>

enum {
	CODE_BYTES = 5,
	CODE_LEN = 8,
	CODE_SHOWN_LEN = CODE_LEN + 1,
};

/** The code of the @bytes, as it is stored: "7ZQ40M2K". */
void code_of(const uint8_t bytes[CODE_BYTES], char ret[CODE_LEN + 1]);

/** Read the @len bytes that a person typed, as it is stored. Return: 0, or -EINVAL when they are no code. */
int code_parse(const char *text, size_t len, char ret[CODE_LEN + 1]);

/** As people read it: "7ZQ4-0M2K". */
void code_show(const char code[CODE_LEN + 1], char ret[CODE_SHOWN_LEN + 1]);

#endif
