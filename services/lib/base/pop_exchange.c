/* The POP file's exchange point. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_exchange.h"

int pop_exchange_check(struct pop_doc *d, const struct pop *p)
{
	if (p->exchange == NULL)
		return 0;
	if (p->services->pages == NULL)
		return pop_doc_refuse(d, "exchange", "switch the service \"pages\" on, or remove this section",
		                      "the networks are shown by the pages, which are off");
	if (p->exchange->publish_export && p->ixf_export == NULL)
		return pop_doc_refuse(d, "exchange.publish_export", "name the file by \"ixf_export\"",
		                      "there is no IX-F Member Export to publish");
	return 0;
}
