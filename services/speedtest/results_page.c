/* SPDX-License-Identifier: MIT */
#include "speedtest/results_page.h"

#include "base/html.h"
#include "speedtest/picture.h"

enum { SENTENCE_MAX_BYTES = 256 };

static const struct texts {
	const char *locale; /* of Open Graph */
	const char *heading, *under_load, *loss, *again, *picture, *json;
} texts[LANGUAGES] = {
	[LANGUAGE_EN] = {
		.locale = "en_GB",
		.heading = "A speed test at",
		.under_load = "Under load",
		.loss = "Packet loss",
		.again = "Measure your own connection",
		.picture = "Picture",
		.json = "All figures (JSON)",
	},
	[LANGUAGE_FR] = {
		.locale = "fr_FR",
		.heading = "Un test de débit à",
		.under_load = "En charge",
		.loss = "Perte de paquets",
		.again = "Mesurer votre connexion",
		.picture = "Image",
		.json = "Tous les chiffres (JSON)",
	},
};

/* For Open Graph (ogp.me) @attribute is "property", for Twitter's cards it is "name". */
static void add_meta(struct buf *b, const char *attribute, const char *name, const char *content)
{
	(void)buf_printf(b, "<meta %s=\"%s\" content=\"", attribute, name);
	html_add_escaped(b, content);
	html_add(b, "\">\n");
}

static void add_preview(struct buf *b, const struct card *c, const char *title, const char *id, const char *base)
{
	char sentence[SENTENCE_MAX_BYTES];
	struct buf url, picture;

	card_sentence(c, sentence, sizeof(sentence));
	buf_init(&url, RESULTS_PAGE_MAX_BYTES);
	buf_init(&picture, RESULTS_PAGE_MAX_BYTES);
	(void)buf_printf(&url, "%s/results/%s", base, id);
	(void)buf_printf(&picture, "%s/results/%s.png?lang=%s", base, id, language_tags[c->language]);
	add_meta(b, "name", "description", sentence);
	add_meta(b, "property", "og:type", "website");
	add_meta(b, "property", "og:site_name", "Fontaine");
	add_meta(b, "property", "og:locale", texts[c->language].locale);
	add_meta(b, "property", "og:title", title);
	add_meta(b, "property", "og:description", sentence);
	add_meta(b, "property", "og:url", url.data);
	add_meta(b, "property", "og:image", picture.data);
	add_meta(b, "property", "og:image:type", "image/png");
	(void)buf_printf(b, "<meta property=\"og:image:width\" content=\"%d\">\n"
	                    "<meta property=\"og:image:height\" content=\"%d\">\n",
	                 PICTURE_WIDTH, PICTURE_HEIGHT);
	add_meta(b, "property", "og:image:alt", sentence);
	add_meta(b, "name", "twitter:card", "summary_large_image");
	add_meta(b, "name", "twitter:title", title);
	add_meta(b, "name", "twitter:description", sentence);
	add_meta(b, "name", "twitter:image", picture.data);
	buf_done(&picture);
	buf_done(&url);
}

static void add_figure(struct buf *b, const char *label, const char *value, const char *unit)
{
	(void)buf_printf(b, "<div><dt>%s</dt><dd>%s <span class=\"unit\">%s</span></dd></div>\n", label, value, unit);
}

static void add_family(struct buf *b, const struct card *c, const struct card_family *f)
{
	(void)buf_printf(b, "<section>\n<h2>%s</h2>\n<dl>\n", f->name);
	for (const struct card_figure *figure = f->figures; figure < f->figures + CARD_FIGURES; figure++)
		add_figure(b, figure->label, figure->value, figure->unit);
	if (*f->grade != '\0')
		add_figure(b, texts[c->language].under_load, f->grade, "");
	html_add(b, "</dl>\n</section>\n");
}

void results_page_share(struct buf *page, const struct card *c, const char *id, const char *base)
{
	const struct texts *t = &texts[c->language];
	struct buf title;

	buf_init(&title, RESULTS_PAGE_MAX_BYTES);
	(void)buf_printf(&title, "%s %s", t->heading, c->title);
	html_head(page, c->language, title.data);
	add_preview(page, c, title.data, id, base);
	html_body(page);
	html_add(page, "<h1>");
	html_add_escaped(page, title.data);
	(void)buf_printf(page, "</h1>\n<p class=\"date\">%s</p>\n", c->date);
	for (unsigned i = 0; i < c->n_families; i++)
		add_family(page, c, &c->families[i]);
	if (*c->loss != '\0') {
		html_add(page, "<dl>\n");
		add_figure(page, t->loss, c->loss, "%");
		html_add(page, "</dl>\n");
	}
	(void)buf_printf(page,
	                 "<p><a class=\"button\" href=\"/\">%s</a></p>\n"
	                 "<p class=\"more\"><a href=\"/results/%s.png?lang=%s\">%s</a> "
	                 "<a href=\"/results/%s.json\">%s</a></p>\n",
	                 t->again, id, language_tags[c->language], t->picture, id, t->json);
	html_end(page);
	buf_done(&title);
}
