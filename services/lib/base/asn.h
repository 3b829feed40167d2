/* Numbers of autonomous systems. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_ASN_H
#define FONTAINE_BASE_ASN_H

#include <stdbool.h>
#include <stdint.h>

/** Whether a network can originate routes with it (RFC 7607, 7300, 6793). */
bool asn_is_usable(uint32_t asn);

/** Read "64496" or "AS64496", nothing around it. Return: 0, or -EINVAL when it is no usable number. */
int asn_parse(const char *text, uint32_t *ret);

#endif
