/* SPDX-License-Identifier: MIT */
#include "rdns/problem.h"

#include "base/json_write.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

/* Where a problem is explained: its entry in our own description of the API (RFC 9457, 3.1.1). */
#define TYPE_PREFIX "/rdns/openapi.yaml#/components/x-problems/"

/* The table is laid out by hand: the title in English, then in French. */
/* clang-format off */
const struct api_problem_kind api_problem_kinds[API_PROBLEMS] = {
	[API_MALFORMED] = {"malformed", 400,
	  {"This request cannot be read",
	   "Cette requête est illisible"}},
	[API_NO_TOKEN] = {"no-token", 401,
	  {"A token is needed",
	   "Un jeton est nécessaire"}},
	[API_FORBIDDEN] = {"forbidden", 403,
	  {"This is not yours",
	   "Ceci n'est pas à vous"}},
	[API_FROZEN] = {"frozen", 403,
	  {"This member is not listed any more: nothing changes until it is",
	   "Ce membre n'est plus listé : rien ne change d'ici là"}},
	[API_NOT_FOUND] = {"not-found", 404,
	  {"There is nothing here",
	   "Il n'y a rien ici"}},
	[API_METHOD] = {"method", 405,
	  {"This cannot be done here",
	   "Cela ne peut se faire ici"}},
	[API_OVERLAP] = {"overlap", 409,
	  {"Something else is in the way",
	   "Autre chose occupe la place"}},
	[API_IN_PROGRESS] = {"in-progress", 409,
	  {"Another change is being published: try again in a second",
	   "Une autre modification est en cours de publication : réessayez dans une seconde"}},
	[API_STALE] = {"stale", 412,
	  {"This has been changed since you read it: read it again",
	   "Ceci a changé depuis votre lecture : relisez-le"}},
	[API_MEDIA_TYPE] = {"media-type", 415,
	  {"The body must be application/json",
	   "Le corps doit être du type application/json"}},
	[API_INVALID] = {"invalid", 422,
	  {"A field is not what it must be",
	   "Un champ n'est pas ce qu'il doit être"}},
	[API_CHECK] = {"check", 422,
	  {"The name servers are not fit for it yet",
	   "Les serveurs de noms n'y sont pas encore prêts"}},
	[API_LIMITED] = {"limited", 429,
	  {"Too many requests: wait a moment",
	   "Trop de requêtes : patientez un moment"}},
	[API_FAILED] = {"failed", 500,
	  {"We have failed: nothing was changed",
	   "Nous avons échoué : rien n'a été modifié"}},
	[API_NOT_LIVE] = {"not-live", 502,
	  {"The DNS server did not take the change: it was taken back",
	   "Le serveur DNS n'a pas pris la modification : elle a été annulée"}},
	[API_BUSY] = {"busy", 503,
	  {"Too much is waiting: try again in a moment",
	   "Trop de demandes en attente : réessayez dans un moment"}},
	[API_FULL] = {"full", 507,
	  {"There is no room left: nothing was changed",
	   "Il n'y a plus de place : rien n'a été modifié"}},
};
/* clang-format on */

enum api_problem_id api_problem_of(int rc)
{
	switch (rc) {
	case -EINVAL:
		return API_MALFORMED;
	case -EACCES:
		return API_FORBIDDEN;
	case -ENOENT:
		return API_NOT_FOUND;
	case -EEXIST:
		return API_OVERLAP;
	case -EBUSY:
		return API_IN_PROGRESS;
	case -ESTALE:
		return API_STALE;
	case -ENOBUFS:
		return API_BUSY;
	case -ENOSPC:
	case -EFBIG:
	case -EDQUOT:
		return API_FULL;
	default:
		return API_FAILED;
	}
}

enum api_problem_id api_problem_of_refusal(enum refusal r)
{
	switch (r) {
	case REFUSAL_UNKNOWN:
		return API_NO_TOKEN;
	case REFUSAL_FROZEN:
		return API_FROZEN;
	case REFUSAL_OPERATORS_ONLY:
	case REFUSAL_FORGED:
	case REFUSAL_NOT_YOURS:
		return API_FORBIDDEN;
	case REFUSAL_UNASSIGNED:
	case REFUSAL_OUTSIDE:
	case REFUSAL_APEX:
	case REFUSAL_OVERLAP:
	case REFUSAL_FORMER:
	case REFUSAL_PTRS:
	case REFUSAL_DELEGATED:
		return API_OVERLAP;
	case REFUSAL_NONE:
	case REFUSALS:
		break;
	}
	assert(false);
	return API_FAILED;
}

yyjson_mut_val *api_problem_json(const struct api_problem *p, const char *instance, enum language language,
                                 yyjson_mut_doc *doc)
{
	const struct api_problem_kind *kind = &api_problem_kinds[p->id];
	yyjson_mut_val *o = yyjson_mut_obj(doc);
	char type[128];

	(void)snprintf(type, sizeof(type), TYPE_PREFIX "%s", kind->id);
	json_add_text(doc, o, "type", type);
	json_add_text(doc, o, "title", kind->title[language]);
	yyjson_mut_obj_add_int(doc, o, "status", kind->status);
	if (p->detail[0] != '\0')
		json_add_text(doc, o, "detail", p->detail);
	else if (p->reason != REFUSAL_NONE)
		json_add_text(doc, o, "detail", refusal_what(p->reason, language));
	json_add_text(doc, o, "instance", instance);
	if (p->reason != REFUSAL_NONE) {
		json_add_text(doc, o, "reason", refusal_word(p->reason));
		json_add_text(doc, o, "remedy", refusal_remedy(p->reason, language));
	}
	return o;
}
