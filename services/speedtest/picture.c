/* SPDX-License-Identifier: MIT */
#include "speedtest/picture.h"

#include "base/log.h"
#include "base/mem.h"

#include <cairo-ft.h>
#include <errno.h>
#include <ft2build.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include FT_FREETYPE_H

enum {
	FONT_MAX_BYTES = 4 * 1024 * 1024,
	EDGE = 72,         /* free on each side */
	NAME_WIDTH = 150,  /* of a family's name, before its figures */
	GRADE_WIDTH = 170, /* behind them */
};

enum weight {
	REGULAR,
	BOLD,
	WEIGHTS,
};

struct font {
	struct buf file; /* FreeType reads from it for as long as it lives */
	FT_Face ft;
	cairo_font_face_t *cairo;
};

struct pictures {
	pthread_mutex_t lock; /* a face of FreeType is for one thread at a time */
	FT_Library freetype;
	struct font fonts[WEIGHTS];
};

/* The colours of our pages (services/web/shared/style.css). */
enum colour {
	PAPER = 0xfaf8f3,
	INK = 0x16242d,
	SOFT = 0x52616b,
	LINE = 0xdfd8cb,
	WATER = 0x0b6797,
	CLAY = 0xa8481f,
	GOOD = 0x1c7548,
	BAD = 0xb3261e,
};

static int open_font(struct pictures *p, struct font *f, const char *folder, const char *name)
{
	char *path = mem_printf("%s/%s", folder, name);

	buf_init(&f->file, FONT_MAX_BYTES);
	int rc = buf_add_file(&f->file, path);
	const FT_Byte *bytes = (const FT_Byte *)f->file.data;
	if (rc == 0 && FT_New_Memory_Face(p->freetype, bytes, (FT_Long)f->file.len, 0, &f->ft) != 0)
		rc = -EBADMSG;
	if (rc == 0)
		f->cairo = cairo_ft_font_face_create_for_ft_face(f->ft, 0);
	else
		log_error("%s: %s", path, rc == -EBADMSG ? "not a font" : strerror(-rc));
	free(path);
	return rc;
}

int pictures_open(const char *fonts, struct pictures **ret)
{
	struct pictures *p = mem_new(sizeof(*p));

	(void)pthread_mutex_init(&p->lock, NULL);
	if (FT_Init_FreeType(&p->freetype) != 0)
		mem_exhausted();
	int rc = open_font(p, &p->fonts[REGULAR], fonts, "DejaVuSans.ttf");
	if (rc == 0)
		rc = open_font(p, &p->fonts[BOLD], fonts, "DejaVuSans-Bold.ttf");
	if (rc == 0)
		*ret = p;
	else
		pictures_close(p);
	return rc;
}

void pictures_close(struct pictures *p)
{
	for (enum weight w = 0; w < WEIGHTS; w++)
		if (p->fonts[w].cairo != NULL)
			cairo_font_face_destroy(p->fonts[w].cairo);
	if (p->fonts[BOLD].cairo != NULL) /* all was opened: cairo may still know the faces by what it drew */
		cairo_debug_reset_static_data();
	for (enum weight w = 0; w < WEIGHTS; w++) {
		if (p->fonts[w].ft != NULL)
			(void)FT_Done_Face(p->fonts[w].ft);
		buf_done(&p->fonts[w].file);
	}
	(void)FT_Done_FreeType(p->freetype);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

static void set_colour(cairo_t *cr, enum colour c)
{
	cairo_set_source_rgb(cr, (c >> 16 & 0xff) / 255.0, (c >> 8 & 0xff) / 255.0, (c & 0xff) / 255.0);
}

static double width_of(cairo_t *cr, const char *text)
{
	cairo_text_extents_t extents;

	cairo_text_extents(cr, text, &extents);
	return extents.x_advance;
}

struct style {
	enum weight weight;
	double size;
	enum colour colour;
};

/* Write on the baseline at @x and @y, smaller if it would be wider than @room. Return: where it ends. */
static double write_text(cairo_t *cr, struct pictures *p, struct style s, double x, double y, double room,
                         const char *text)
{
	cairo_set_font_face(cr, p->fonts[s.weight].cairo);
	cairo_set_font_size(cr, s.size);
	double width = width_of(cr, text);
	if (width > room) {
		cairo_set_font_size(cr, s.size * room / width);
		width = room;
	}
	set_colour(cr, s.colour);
	cairo_move_to(cr, x, y);
	cairo_show_text(cr, text);
	return x + width;
}

/* One family's figures in a row that begins at @y; lengths are @scale times those of a row of two. */
struct row {
	double y, scale;
};

static void draw_figure(cairo_t *cr, struct pictures *p, const struct card_figure *f, double x, struct row row)
{
	double room = (PICTURE_WIDTH - 2 * EDGE - NAME_WIDTH - GRADE_WIDTH) / 3.0 - 20, k = row.scale;

	(void)write_text(cr, p, (struct style){REGULAR, 24 * k, SOFT}, x, row.y + 40 * k, room, f->label);
	(void)write_text(cr, p, (struct style){BOLD, 62 * k, INK}, x, row.y + 105 * k, room, f->value);
	(void)write_text(cr, p, (struct style){REGULAR, 24 * k, SOFT}, x, row.y + 145 * k, room, f->unit);
}

static enum colour colour_of(char grade)
{
	if (grade == 'A')
		return GOOD;
	return grade <= 'C' ? CLAY : BAD;
}

static void draw_grade(cairo_t *cr, struct pictures *p, const struct card *c, const char *grade, struct row row)
{
	static const char *const labels[LANGUAGES] = {"Under load", "En charge"};
	double k = row.scale, left = PICTURE_WIDTH - EDGE - GRADE_WIDTH, middle = left + 52 * k;

	if (*grade == '\0')
		return;
	(void)write_text(cr, p, (struct style){REGULAR, 24 * k, SOFT}, left, row.y + 40 * k, GRADE_WIDTH,
	                 labels[c->language]);
	set_colour(cr, colour_of(*grade));
	cairo_arc(cr, middle, row.y + 104 * k, 46 * k, 0, 2 * 3.14159265);
	cairo_fill(cr);
	cairo_set_font_face(cr, p->fonts[BOLD].cairo);
	cairo_set_font_size(cr, 48 * k);
	double width = width_of(cr, grade);
	(void)write_text(cr, p, (struct style){BOLD, 48 * k, PAPER}, middle - width / 2, row.y + 121 * k, width, grade);
}

static void draw_family(cairo_t *cr, struct pictures *p, const struct card *c, const struct card_family *f,
                        struct row row)
{
	static const enum card_figure_name shown[] = {CARD_DOWNLOAD, CARD_UPLOAD, CARD_LATENCY};
	double step = (PICTURE_WIDTH - 2 * EDGE - NAME_WIDTH - GRADE_WIDTH) / 3.0;

	set_colour(cr, LINE);
	cairo_rectangle(cr, EDGE, row.y, PICTURE_WIDTH - 2 * EDGE, 2);
	cairo_fill(cr);
	(void)write_text(cr, p, (struct style){BOLD, 38, WATER}, EDGE, row.y + 105 * row.scale, NAME_WIDTH - 20,
	                 f->name);
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		draw_figure(cr, p, &f->figures[shown[i]], EDGE + NAME_WIDTH + step * (double)i, row);
	draw_grade(cr, p, c, f->grade, row);
}

static void draw_card(cairo_t *cr, struct pictures *p, const struct card *c)
{
	double room = PICTURE_WIDTH - 2 * EDGE;

	set_colour(cr, PAPER);
	cairo_paint(cr);
	set_colour(cr, WATER);
	cairo_rectangle(cr, 0, PICTURE_HEIGHT - 16, PICTURE_WIDTH, 16);
	cairo_fill(cr);
	(void)write_text(cr, p, (struct style){BOLD, 46, INK}, EDGE, 108, room, c->title);
	(void)write_text(cr, p, (struct style){REGULAR, 28, SOFT}, EDGE, 158, room, c->date);
	for (unsigned i = 0; i < c->n_families; i++)
		draw_family(cr, p, c, &c->families[i],
		            c->n_families > 1 ? (struct row){200 + 200 * i, 1} : (struct row){230, 1.4});
}

static cairo_status_t on_png(void *data, const unsigned char *bytes, unsigned len)
{
	return buf_add(data, bytes, len) == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int pictures_draw(struct pictures *p, const struct card *c, struct buf *png)
{
	(void)pthread_mutex_lock(&p->lock);
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PICTURE_WIDTH, PICTURE_HEIGHT);
	cairo_t *cr = cairo_create(surface);
	draw_card(cr, p, c);
	cairo_destroy(cr);
	cairo_status_t status = cairo_surface_write_to_png_stream(surface, on_png, png);
	cairo_surface_destroy(surface);
	(void)pthread_mutex_unlock(&p->lock);
	if (status == CAIRO_STATUS_NO_MEMORY)
		mem_exhausted();
	return status == CAIRO_STATUS_SUCCESS ? 0 : -ENOBUFS;
}
