/* A result as a picture for previews of its link: PNG, 1200 x 630 pixels. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_PICTURE_H
#define FONTAINE_SPEEDTEST_PICTURE_H

#include "base/buf.h"
#include "speedtest/card.h"

enum {
	PICTURE_WIDTH = 1200, /* what previews are cut from without loss */
	PICTURE_HEIGHT = 630,
	PICTURE_MAX_BYTES = 512 * 1024,
};

#define PICTURE_FONTS "/usr/share/fonts/truetype/dejavu"

struct pictures; /* what drawing needs; opaque; release with pictures_close() */

/**
 * Read DejaVuSans.ttf and DejaVuSans-Bold.ttf from the folder @fonts into memory:
 * drawing opens no file. One at a time in a process. Return: 0, or a negative errno, logged.
 */
int pictures_open(const char *fonts, struct pictures **ret);
void pictures_close(struct pictures *p);

/**
 * Append the picture of @c to @png. Takes some ten milliseconds: never on a loop. From
 * several threads, one draws after the other. Return: 0, or -ENOBUFS past the buffer's limit.
 */
int pictures_draw(struct pictures *p, const struct card *c, struct buf *png);

#endif
