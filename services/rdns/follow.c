/* SPDX-License-Identifier: MIT */
#include "rdns/follow.h"

#include <string.h>

/* The table is laid out by hand: what, then the remedy, each in English and in French. */
/* clang-format off */
#define WORDS(english, french) {[LANGUAGE_EN] = (english), [LANGUAGE_FR] = (french)}

const struct follow_text follow_texts[FOLLOW_OUTCOMES] = {
	[FOLLOW_NOTHING] = {"nothing",
	  WORDS("The zone asks for no change.", "La zone ne demande aucun changement."), {NULL, NULL}},
	[FOLLOW_SAME] = {"same",
	  WORDS("All is as the zone asks.", "Tout est comme la zone le demande."), {NULL, NULL}},
	[FOLLOW_CHANGE] = {"followed",
	  WORDS("The delegation was changed as the zone asks.",
	        "La délégation a été changée comme la zone le demande."), {NULL, NULL}},
	[FOLLOW_SIGNALS] = {"signals",
	  WORDS("Names of the zone's servers are asked whether the zone may be secured.",
	        "Des noms des serveurs de la zone diront si elle peut être sécurisée."), {NULL, NULL}},

	[FOLLOW_SILENT] = {"silent",
	  WORDS("No name server of the zone answered for its keys.",
	        "Aucun serveur de noms de la zone n'a répondu pour ses clés."),
	  WORDS("Bring a name server back; the zone is looked at again within a day, or when you notify us.",
	        "Rétablissez un serveur ; la zone sera relue sous un jour, ou dès que vous nous notifiez.")},
	[FOLLOW_SERVERS_DIFFER] = {"servers-differ",
	  WORDS("The zone's servers show different CDS or CDNSKEY records.",
	        "Les serveurs de la zone montrent des CDS ou CDNSKEY différents."),
	  WORDS("Wait until all of them have the same version of the zone, or correct the one that has not.",
	        "Attendez que tous aient la même version de la zone, ou corrigez celui qui ne l'a pas.")},
	[FOLLOW_TYPES_DIFFER] = {"types-differ",
	  WORDS("The zone's CDS and CDNSKEY records ask for different keys.",
	        "Les CDS et CDNSKEY de la zone demandent des clés différentes."),
	  WORDS("Publish both for the same keys, or only one of the two.",
	        "Publiez les deux pour les mêmes clés, ou l'un des deux seulement.")},
	[FOLLOW_REMOVAL] = {"removal",
	  WORDS("The record that asks for the DS records to be removed is not alone, or not exact.",
	        "L'enregistrement qui demande le retrait des DS n'est pas seul, ou pas exact."),
	  WORDS("Publish CDS 0 0 0 00, and CDNSKEY 0 3 0 AA== if any, and no other of these types.",
	        "Publiez CDS 0 0 0 00, et le cas échéant CDNSKEY 0 3 0 AA==, et aucun autre de ces types.")},
	[FOLLOW_DIGEST] = {"digest",
	  WORDS("None of the CDS records has a digest that is still in use.",
	        "Aucun des CDS n'a d'empreinte encore en usage."),
	  WORDS("Publish CDS records of digest type 2 (SHA-256) or 4 (SHA-384).",
	        "Publiez des CDS de type d'empreinte 2 (SHA-256) ou 4 (SHA-384).")},
	[FOLLOW_MANY] = {"many",
	  WORDS("The zone asks for more than twelve DS records, or name servers, or four addresses of one.",
	        "La zone demande plus de douze DS ou serveurs de noms, ou plus de quatre adresses pour l'un d'eux."),
	  WORDS("Ask for fewer.", "Demandez-en moins.")},
	[FOLLOW_KEYS] = {"keys",
	  WORDS("The zone's keys are not signed by a key that the present DS records name.",
	        "Les clés de la zone ne sont pas signées par une clé que désignent les DS présents."),
	  WORDS("Sign the DNSKEY records with the present key until the new DS records are published.",
	        "Signez les DNSKEY avec la clé présente jusqu'à la publication des nouveaux DS.")},
	[FOLLOW_SIGNER] = {"signer",
	  WORDS("The CDS or CDNSKEY records are not signed by a key that the present DS records name.",
	        "Les CDS ou CDNSKEY ne sont pas signés par une clé que désignent les DS présents."),
	  WORDS("Sign them with the present key signing key.",
	        "Signez-les avec la clé de signature de clés présente.")},
	[FOLLOW_OLD] = {"signed-before",
	  WORDS("What the zone asks for was signed before the last change of its delegation.",
	        "Ce que la zone demande a été signé avant le dernier changement de sa délégation."),
	  WORDS("Sign the zone anew if that is still what you want.",
	        "Signez la zone à nouveau si c'est encore ce que vous voulez.")},
	[FOLLOW_BREAKS] = {"breaks",
	  WORDS("With the DS records that the zone asks for, its keys could not be validated.",
	        "Avec les DS que la zone demande, ses clés ne pourraient pas être validées."),
	  WORDS("Sign the DNSKEY records by a key of every algorithm asked for, and give every key the same "
	        "types of digest.",
	        "Signez les DNSKEY par une clé de chaque algorithme demandé, et donnez à chaque clé les mêmes "
	        "types d'empreinte.")},
	[FOLLOW_NOT_ALL] = {"not-all",
	  WORDS("Not all servers of the zone answered; for the first DS records they all must.",
	        "Tous les serveurs de la zone n'ont pas répondu ; pour les premiers DS, il le faut."),
	  WORDS("Bring all servers back, on all their addresses.",
	        "Rétablissez tous les serveurs, sur toutes leurs adresses.")},
	[FOLLOW_NO_SIGNAL] = {"no-signal",
	  WORDS("The zone has no DS records yet, and not every name server outside the zone says that it is to.",
	        "La zone n'a pas encore de DS, et les serveurs hors de la zone ne le demandent pas tous."),
	  WORDS("Publish the same CDS and CDNSKEY at _dsboot.ZONE._signal.SERVER (RFC 9615), or give the DS here.",
	        "Publiez les mêmes CDS et CDNSKEY sous _dsboot.ZONE._signal.SERVEUR (RFC 9615), ou donnez les DS.")},
	[FOLLOW_SIGNAL_UNSIGNED] = {"signal-unsigned",
	  WORDS("What is below the name of a server (RFC 9615) is not signed, or could not be read.",
	        "Ce qui est sous le nom d'un serveur (RFC 9615) n'est pas signé, ou n'a pu être lu."),
	  WORDS("Sign the zone of the server's name, and have its DS records published.",
	        "Signez la zone du nom du serveur, et faites publier ses DS.")},
	[FOLLOW_SIGNAL_DIFFERS] = {"signal-differs",
	  WORDS("What is below the name of a server (RFC 9615) is not what the zone asks for.",
	        "Ce qui est sous le nom d'un serveur (RFC 9615) n'est pas ce que la zone demande."),
	  WORDS("Publish the same CDS and CDNSKEY records in both places.",
	        "Publiez les mêmes CDS et CDNSKEY aux deux endroits.")},

	[FOLLOW_UNSECURED] = {"unsecured",
	  WORDS("The zone asks for other name servers, and is not secured: anybody could have asked.",
	        "La zone demande d'autres serveurs et n'est pas sécurisée : n'importe qui a pu le demander."),
	  WORDS("Have DS records published first, and sign the CSYNC, NS and address records.",
	        "Faites d'abord publier des DS, et signez les enregistrements CSYNC, NS et d'adresse.")},
	[FOLLOW_WAITS] = {"waits",
	  WORDS("The CSYNC record says that somebody has to approve it first.",
	        "L'enregistrement CSYNC dit que quelqu'un doit d'abord l'approuver."),
	  WORDS("Set the flag \"immediate\" in the CSYNC record, or change the delegation here.",
	        "Mettez le drapeau « immediate » dans le CSYNC, ou changez la délégation ici.")},
	[FOLLOW_UNKNOWN] = {"unknown",
	  WORDS("The CSYNC record is not alone, or asks for what is not known here.",
	        "L'enregistrement CSYNC n'est pas seul, ou demande ce qui n'est pas connu ici."),
	  WORDS("Publish one, with no flags but \"immediate\" and \"soaminimum\", and no types but NS, A and AAAA.",
	        "Publiez-en un, sans autre drapeau qu'« immediate » et « soaminimum », ni type que NS, A et AAAA.")},
	[FOLLOW_EARLY] = {"early",
	  WORDS("The zone is older than its CSYNC record asks for.",
	        "La zone est plus ancienne que son enregistrement CSYNC ne le veut."),
	  WORDS("Raise the serial of the zone's SOA, or lower that of the CSYNC record.",
	        "Augmentez le numéro de série du SOA, ou abaissez celui du CSYNC.")},
	[FOLLOW_MOVED] = {"moved",
	  WORDS("The zone changed while it was read.", "La zone a changé pendant sa lecture."),
	  WORDS("Nothing is to be done: it is read again soon.", "Il n'y a rien à faire : elle sera bientôt relue.")},
	[FOLLOW_NO_GLUE] = {"no-glue",
	  WORDS("A server inside the zone would be left without an address.",
	        "Un serveur dans la zone resterait sans adresse."),
	  WORDS("Publish A or AAAA records for it in the zone, and name these types in the CSYNC record.",
	        "Publiez-y ses A ou AAAA, et nommez ces types dans l'enregistrement CSYNC.")},
	[FOLLOW_ZONES_DIFFER] = {"zones-differ",
	  WORDS("The prefix has several zones, and they ask for different name servers.",
	        "Le préfixe a plusieurs zones, qui demandent des serveurs différents."),
	  WORDS("Ask for the same name servers in all zones of the prefix.",
	        "Demandez les mêmes serveurs dans toutes les zones du préfixe.")},
	[FOLLOW_CHECK] = {"check",
	  WORDS("With the name servers that the zone asks for, the delegation would fail its check.",
	        "Avec les serveurs que la zone demande, la délégation échouerait à sa vérification."),
	  WORDS("Check them on this page or with \"fontaine rdns check\", and repair what it finds.",
	        "Vérifiez-les sur cette page ou par « fontaine rdns check », et réparez ce qui est trouvé.")},

	[FOLLOW_UNPUBLISHED] = {"unpublished",
	  WORDS("The change that the zone asks for could not be published, and was taken back.",
	        "Le changement que la zone demande n'a pu être publié, et a été repris."),
	  WORDS("Nothing is to be done: it is tried again.", "Il n'y a rien à faire : nouvel essai à venir.")},
};
/* clang-format on */

bool follow_is_refused(enum follow_outcome outcome)
{
	return outcome > FOLLOW_SIGNALS;
}

enum follow_outcome follow_outcome_of(const char *id)
{
	unsigned outcome = 0;

	while (outcome < FOLLOW_OUTCOMES && strcmp(follow_texts[outcome].id, id) != 0)
		outcome++;
	return (enum follow_outcome)outcome;
}
