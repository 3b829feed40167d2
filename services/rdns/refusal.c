/* SPDX-License-Identifier: MIT */
#include "rdns/refusal.h"

#include <assert.h>

/* The table is laid out by hand: what, then the remedy, each in English and in French. */
/* clang-format off */
#define WORDS(english, french) {[LANGUAGE_EN] = (english), [LANGUAGE_FR] = (french)}

static const struct {
	const char *word;
	const char *what[LANGUAGES], *remedy[LANGUAGES];
} refusals[REFUSALS] = {
	[REFUSAL_UNKNOWN] = {"unknown",
	  WORDS("You are not known here: no valid token came with the request.",
	        "Vous n'êtes pas reconnu : la requête est venue sans jeton valable."),
	  WORDS("Send your token; if it was lost or revoked, ask the operators for a new one.",
	        "Envoyez votre jeton ; s'il est perdu ou révoqué, demandez-en un aux opérateurs.")},
	[REFUSAL_OPERATORS_ONLY] = {"operators-only",
	  WORDS("Only the operators may do this.",
	        "Seuls les opérateurs ont ce droit."),
	  WORDS("Ask the operators.",
	        "Adressez-vous aux opérateurs.")},
	[REFUSAL_FORGED] = {"forged",
	  WORDS("The request does not show that it comes from this site's own page.",
	        "Rien ne montre que la requête vient de la page de ce site."),
	  WORDS("Load the page again and repeat what you did there.",
	        "Rechargez la page et refaites-y votre demande.")},
	[REFUSAL_FROZEN] = {"frozen",
	  WORDS("You are no longer among the members, so nothing of yours can be changed.",
	        "Vous ne figurez plus parmi les membres : rien de vôtre ne peut changer."),
	  WORDS("What you have stays as it is; ask the operators to list you again.",
	        "Tout reste en l'état ; demandez aux opérateurs de vous inscrire à nouveau.")},
	[REFUSAL_NOT_YOURS] = {"not-yours",
	  WORDS("Not all of this is assigned to you.",
	        "Ceci ne vous est pas attribué, ou pas en entier."),
	  WORDS("Choose from the prefixes listed as yours; if one is missing, tell the operators.",
	        "Choisissez parmi vos préfixes ; s'il en manque un, dites-le aux opérateurs.")},
	[REFUSAL_UNASSIGNED] = {"unassigned",
	  WORDS("Not all of this is assigned to one member.",
	        "Ceci n'est pas attribué, ou pas en entier à un seul membre."),
	  WORDS("Assign it first, in the POP file or in the file of assignments.",
	        "Attribuez-le d'abord, dans le fichier du POP ou dans celui des attributions.")},
	[REFUSAL_OUTSIDE] = {"outside",
	  WORDS("No reverse zone for all of this is served here.",
	        "Aucune zone inverse servie ici ne couvre tout ceci."),
	  WORDS("Ask the operators who has its reverse zone, or ask for a longer prefix.",
	        "Demandez aux opérateurs qui tient sa zone inverse, ou choisissez un préfixe plus long.")},
	[REFUSAL_APEX] = {"apex",
	  WORDS("Zones as large as these are delegated by the registry, not by us.",
	        "Des zones de cette taille sont déléguées par le registre, pas par nous."),
	  WORDS("Delegate longer prefixes, let us host the PTRs, or ask the operators to have the registry's "
	        "entry changed.",
	        "Déléguez des préfixes plus longs, confiez-nous les PTR, ou demandez aux opérateurs de faire "
	        "changer l'entrée du registre.")},
	[REFUSAL_OVERLAP] = {"overlap",
	  WORDS("A delegation of yours is inside this one or around it.",
	        "Une de vos délégations est contenue dans celle-ci ou la contient."),
	  WORDS("Delete that one first.",
	        "Supprimez-la d'abord.")},
	[REFUSAL_FORMER] = {"former",
	  WORDS("What its former holder set up here is still in place.",
	        "Ce que son ancien titulaire a mis en place y est encore."),
	  WORDS("Ask the operators to remove it.",
	        "Demandez aux opérateurs de le retirer.")},
	[REFUSAL_PTRS] = {"ptrs",
	  WORDS("We host PTRs here, which a delegation would hide.",
	        "Nous hébergeons ici des PTR, qu'une délégation cacherait."),
	  WORDS("Export them for your own servers, then delete them here.",
	        "Exportez-les vers vos serveurs, puis supprimez-les ici.")},
	[REFUSAL_DELEGATED] = {"delegated",
	  WORDS("This address is delegated: a PTR of ours would not be seen.",
	        "Cette adresse est déléguée : un PTR chez nous ne serait pas vu."),
	  WORDS("Set the PTR on the servers it is delegated to, or delete the delegation.",
	        "Créez le PTR sur les serveurs délégués, ou supprimez la délégation.")},
};
/* clang-format on */

const char *refusal_word(enum refusal r)
{
	assert(r != REFUSAL_NONE);
	return refusals[r].word;
}

const char *refusal_what(enum refusal r, enum language language)
{
	assert(r != REFUSAL_NONE);
	return refusals[r].what[language];
}

const char *refusal_remedy(enum refusal r, enum language language)
{
	assert(r != REFUSAL_NONE);
	return refusals[r].remedy[language];
}
