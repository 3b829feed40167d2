/* SPDX-License-Identifier: MIT */
#include "rdns/refusal.h"

#include <assert.h>

/* The table is laid out by hand: what, then the remedy, each in English and in French. */
/* clang-format off */
#define WORDS(english, french) {[LANGUAGE_EN] = (english), [LANGUAGE_FR] = (french)}

static const struct {
	const char *word;
	unsigned status;
	const char *what[LANGUAGES], *remedy[LANGUAGES];
} refusals[REFUSALS] = {
	[REFUSAL_UNKNOWN] = {"unknown", 401,
	  WORDS("You are not known here: no valid token came with the request.",
	        "Vous n'êtes pas reconnu : la requête est venue sans jeton valable."),
	  WORDS("Send your token; if it was lost or revoked, ask the operators for a new one.",
	        "Envoyez votre jeton ; s'il est perdu ou révoqué, demandez-en un aux opérateurs.")},
	[REFUSAL_OPERATORS_ONLY] = {"operators-only", 403,
	  WORDS("Only the operators may do this.",
	        "Seuls les opérateurs ont ce droit."),
	  WORDS("Ask the operators.",
	        "Adressez-vous aux opérateurs.")},
	[REFUSAL_FORGED] = {"forged", 403,
	  WORDS("The request does not show that it comes from this site's own page.",
	        "Rien ne montre que la requête vient de la page de ce site."),
	  WORDS("Load the page again and repeat what you did there.",
	        "Rechargez la page et refaites-y votre demande.")},
	[REFUSAL_FROZEN] = {"frozen", 403,
	  WORDS("You are no longer among the members, so nothing of yours can be changed.",
	        "Vous ne figurez plus parmi les membres : rien de vôtre ne peut changer."),
	  WORDS("What you have stays as it is; ask the operators to list you again.",
	        "Tout reste en l'état ; demandez aux opérateurs de vous inscrire à nouveau.")},
	[REFUSAL_NOT_YOURS] = {"not-yours", 403,
	  WORDS("Not all of this is assigned to you.",
	        "Ceci ne vous est pas attribué, ou pas en entier."),
	  WORDS("Choose from the prefixes listed as yours; if one is missing, tell the operators.",
	        "Choisissez parmi vos préfixes ; s'il en manque un, dites-le aux opérateurs.")},
	[REFUSAL_UNASSIGNED] = {"unassigned", 409,
	  WORDS("Not all of this is assigned to one member.",
	        "Ceci n'est pas attribué, ou pas en entier à un seul membre."),
	  WORDS("Assign it first, in the POP file or in the file of assignments.",
	        "Attribuez-le d'abord, dans le fichier du POP ou dans celui des attributions.")},
	[REFUSAL_NO_PREFIX] = {"no-prefix", 400,
	  WORDS("This is neither a prefix nor the name of a reverse zone.",
	        "Ce n'est ni un préfixe ni le nom d'une zone inverse."),
	  WORDS("Write it like 192.0.2.64/26, 2001:db8::/48 or 64-127.2.0.192.in-addr.arpa.",
	        "Écrivez par exemple 192.0.2.64/26, 2001:db8::/48 ou 64-127.2.0.192.in-addr.arpa.")},
	[REFUSAL_NO_ADDRESS] = {"no-address", 400,
	  WORDS("This is no address.",
	        "Ce n'est pas une adresse."),
	  WORDS("Write it like 192.0.2.1 or 2001:db8::1.",
	        "Écrivez par exemple 192.0.2.1 ou 2001:db8::1.")},
	[REFUSAL_OUTSIDE] = {"outside", 409,
	  WORDS("No reverse zone for all of this is served here.",
	        "Aucune zone inverse servie ici ne couvre tout ceci."),
	  WORDS("Ask the operators who has its reverse zone, or ask for a longer prefix.",
	        "Demandez aux opérateurs qui tient sa zone inverse, ou choisissez un préfixe plus long.")},
	[REFUSAL_APEX] = {"apex", 409,
	  WORDS("Zones as large as these are delegated by the registry, not by us.",
	        "Des zones de cette taille sont déléguées par le registre, pas par nous."),
	  WORDS("Delegate longer prefixes, let us host the PTRs, or ask the operators to have the registry's "
	        "entry changed.",
	        "Déléguez des préfixes plus longs, confiez-nous les PTR, ou demandez aux opérateurs de faire "
	        "changer l'entrée du registre.")},
	[REFUSAL_OVERLAP] = {"overlap", 409,
	  WORDS("A delegation of yours is inside this one or around it.",
	        "Une de vos délégations est contenue dans celle-ci ou la contient."),
	  WORDS("Delete that one first.",
	        "Supprimez-la d'abord.")},
	[REFUSAL_FORMER] = {"former", 409,
	  WORDS("What its former holder set up here is still in place.",
	        "Ce que son ancien titulaire a mis en place y est encore."),
	  WORDS("Ask the operators to remove it.",
	        "Demandez aux opérateurs de le retirer.")},
	[REFUSAL_PTRS] = {"ptrs", 409,
	  WORDS("We host PTRs here, which a delegation would hide.",
	        "Nous hébergeons ici des PTR, qu'une délégation cacherait."),
	  WORDS("Export them for your own servers, then delete them here.",
	        "Exportez-les vers vos serveurs, puis supprimez-les ici.")},
	[REFUSAL_DELEGATED] = {"delegated", 409,
	  WORDS("This address is delegated: a PTR of ours would not be seen.",
	        "Cette adresse est déléguée : un PTR chez nous ne serait pas vu."),
	  WORDS("Set the PTR on the servers it is delegated to, or delete the delegation.",
	        "Créez le PTR sur les serveurs délégués, ou supprimez la délégation.")},
	[REFUSAL_SERVERS] = {"servers", 422,
	  WORDS("A delegation needs two name servers at least, and takes thirteen at most.",
	        "Une délégation demande au moins deux serveurs de noms, et treize au plus."),
	  WORDS("List servers that do not fail together, best in different networks.",
	        "Indiquez des serveurs qui ne tombent pas ensemble, de préférence dans des réseaux différents.")},
	[REFUSAL_SERVER_NAME] = {"server-name", 422,
	  WORDS("This is not the name of a name server.",
	        "Ce n'est pas un nom de serveur."),
	  WORDS("Write it in full, like ns1.example.net; letters, digits and hyphens, no address.",
	        "Écrivez-le en entier, par exemple ns1.example.net ; lettres, chiffres et traits d'union, "
	        "pas d'adresse.")},
	[REFUSAL_SERVER_TWICE] = {"server-twice", 422,
	  WORDS("This name server is listed twice.",
	        "Ce serveur de noms figure deux fois."),
	  WORDS("Name another server, or remove one of the two lines.",
	        "Indiquez un autre serveur, ou retirez une des deux lignes.")},
	[REFUSAL_GLUE_MISSING] = {"glue-missing", 422,
	  WORDS("The name of this server is in the zone itself, so that nobody would find its addresses.",
	        "Le nom de ce serveur est dans la zone elle-même : personne ne trouverait ses adresses."),
	  WORDS("Give its addresses too (glue), or a name elsewhere.",
	        "Donnez aussi ses adresses (glue), ou un nom hors de la zone.")},
	[REFUSAL_GLUE_UNNEEDED] = {"glue-unneeded", 422,
	  WORDS("The name of this server is not in the zone, so its addresses come from its own domain.",
	        "Le nom de ce serveur n'est pas dans la zone : ses adresses viennent de son propre domaine."),
	  WORDS("Leave its addresses out.",
	        "Retirez ses adresses.")},
	[REFUSAL_GLUE_ADDRESS] = {"glue-address", 422,
	  WORDS("The Internet cannot reach one of this server's addresses, or there are too many of them.",
	        "Une des adresses de ce serveur n'est pas joignable par l'Internet, ou il y en a trop."),
	  WORDS("Give public unicast addresses, at most eight.",
	        "Donnez des adresses publiques, huit au plus.")},
};
/* clang-format on */

unsigned refusal_status(enum refusal r)
{
	assert(r != REFUSAL_NONE);
	return refusals[r].status;
}

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
