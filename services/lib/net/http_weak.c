/* SPDX-License-Identifier: MIT */
#include "net/http_weak.h"

#include <stddef.h>

void http_weak_set(struct http_request **weak, struct http_request *r)
{
	*weak = r;
	r->data = (void *)weak;
}

struct http_request *http_weak_take(struct http_request **weak)
{
	struct http_request *r = *weak;

	if (r != NULL)
		r->data = NULL;
	*weak = NULL;
	return r;
}

void http_weak_gone(struct http_request *r, void *data)
{
	struct http_request **weak = (struct http_request **)r->data;

	(void)data;
	if (weak != NULL)
		*weak = NULL;
}
