/* SPDX-License-Identifier: MIT */
#include "base/html.h"

#include <string.h>

void html_add(struct buf *b, const char *text)
{
	(void)buf_add(b, text, strlen(text));
}

void html_add_escaped(struct buf *b, const char *text)
{
	static const char *const escapes[256] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};

	for (; *text != '\0'; text++) {
		const char *escape = escapes[(unsigned char)*text];
		(void)(escape != NULL ? buf_add(b, escape, strlen(escape)) : buf_add(b, text, 1));
	}
}

void html_head(struct buf *b, enum language language, const char *title)
{
	(void)buf_printf(b, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	                    "<meta name=\"robots\" content=\"noindex\">\n<title>",
	                 language_tags[language]);
	html_add_escaped(b, title);
	html_add(b, "</title>\n<link rel=\"icon\" href=\"/shared/logo.svg\" type=\"image/svg+xml\">\n"
	            "<link rel=\"stylesheet\" href=\"/shared/style.css\">\n"
	            "<link rel=\"stylesheet\" href=\"/shared/result.css\">\n"
	            "<script src=\"/shared/theme.js\"></script>\n");
}

void html_body(struct buf *b)
{
	html_add(b, "</head>\n<body>\n<header id=\"header\"><a class=\"brand\" href=\"/\">"
	            "<img class=\"logo\" src=\"/shared/logo.svg\" alt=\"\">Fontaine</a></header>\n"
	            "<main class=\"result\">\n");
}

void html_end(struct buf *b)
{
	html_add(b, "</main>\n</body>\n</html>\n");
}
