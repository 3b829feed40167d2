/* The 25 checks. The groups and severities are those of a professional pre-delegation test, made stricter in three. */
/* SPDX-License-Identifier: MIT */
#include "delegation/checks.h"

/* clang-format off */
#define WORDS(english, french) {[LANGUAGE_EN] = (english), [LANGUAGE_FR] = (french)}
/* clang-format on */

const struct check checks[CHECKS] = {
	[CHECK_ZONE] = {"zone", "basic", WORDS("Parent and child exist", "Le parent et l'enfant existent")},
	[CHECK_SERVER] = {"server", "basic", WORDS("A working name server", "Un serveur de noms qui fonctionne")},
	[CHECK_ADDRESS] = {"address", "address", WORDS("Reachable addresses", "Adresses joignables")},
	[CHECK_UDP] = {"udp", "connectivity", WORDS("UDP", "UDP")},
	[CHECK_TCP] = {"tcp", "connectivity", WORDS("TCP", "TCP")},
	[CHECK_AS] = {"as-diversity", "connectivity", WORDS("Several ASes", "Plusieurs AS")},
	[CHECK_PREFIX] = {"prefix-diversity", "connectivity", WORDS("Several prefixes", "Plusieurs préfixes")},
	[CHECK_TWO] = {"two-servers", "delegation", WORDS("Two servers per family", "Deux serveurs par famille")},
	[CHECK_DISTINCT] = {"distinct", "delegation", WORDS("Distinct addresses", "Adresses distinctes")},
	[CHECK_AUTHORITY] = {"authority", "delegation", WORDS("Authoritative answers", "Réponses faisant autorité")},
	[CHECK_CNAME] = {"cname", "delegation", WORDS("NS is no CNAME", "NS sans CNAME")},
	[CHECK_SOA] = {"soa", "delegation", WORDS("SOA present", "SOA présent")},
	[CHECK_NS_CHILD] = {"ns-child", "delegation", WORDS("NS of parent in child", "NS du parent chez l'enfant")},
	[CHECK_SERIAL] = {"serial", "consistency", WORDS("Same SOA serial", "Même numéro de série SOA")},
	[CHECK_NS_SAME] = {"ns-same", "consistency", WORDS("Same NS set", "Mêmes NS partout")},
	[CHECK_GLUE] = {"glue", "consistency", WORDS("Glue", "Adresses de colle (glue)")},
	[CHECK_RECURSION] = {"recursion", "nameserver", WORDS("No open recursor", "Pas de résolveur ouvert")},
	[CHECK_EDNS] = {"edns", "nameserver", WORDS("EDNS", "EDNS")},
	[CHECK_EDNS_VERSION] = {"edns-version", "nameserver", WORDS("EDNS version", "Version d'EDNS")},
	[CHECK_DS] = {"ds", "dnssec", WORDS("DS matches a DNSKEY", "DS correspondant à un DNSKEY")},
	[CHECK_DNSKEY] = {"dnskey-signature", "dnssec", WORDS("DNSKEY signed", "DNSKEY signé")},
	[CHECK_SOA_SIGNED] = {"soa-signature", "dnssec", WORDS("SOA signed", "SOA signé")},
	[CHECK_DENIAL] = {"denial", "dnssec", WORDS("NSEC or NSEC3", "NSEC ou NSEC3")},
	[CHECK_DS_UNSIGNED] = {"ds-unsigned", "dnssec", WORDS("No DS on an unsigned zone", "Pas de DS sans signature")},
	[CHECK_CDS] = {"cds", "dnssec", WORDS("CDS and CDNSKEY", "CDS et CDNSKEY")},
};

const char *const untested_texts[UNTESTED][LANGUAGES] = {
	[UNTESTED_NO_SERVER] = WORDS("no name server could be asked", "aucun serveur de noms n'a pu être interrogé"),
	[UNTESTED_UNSIGNED] = WORDS("the zone is not signed", "la zone n'est pas signée"),
	[UNTESTED_NO_DS] = WORDS("no DS was given", "aucun DS n'a été donné"),
	[UNTESTED_NO_ORIGINS] = WORDS("no file says who announces the addresses",
                                      "aucun fichier ne dit qui annonce les adresses"),
	[UNTESTED_FEW_ADDRESSES] = WORDS("fewer than two addresses of a family are known",
                                         "moins de deux adresses connues par famille"),
	[UNTESTED_NO_RESOLVER] = WORDS("the resolver did not answer", "le résolveur n'a pas répondu"),
};
