// What the findings of verdict.js mean, in French; see findings-en.js.
// SPDX-License-Identifier: MIT

export const findings = {
	"healthy-dual-stack": {
		title: "Votre IPv4 et votre IPv6 fonctionnent.",
		detail: "Vous atteignez tous les sites\u00a0: ceux qui ont les anciennes adresses comme ceux qui ont les nouvelles, avec de petits paquets comme avec de grands.",
	},
	"dual-stack": {
		title: "Vous avez IPv4 et IPv6",
		detail: "Les sites se chargent par l’un comme par l’autre.",
	},
	"ipv4-only": {
		title: "Votre IPv4 fonctionne. Vous n’avez pas d’IPv6.",
		detail: "Les sites d’aujourd’hui se chargent. Ceux qui n’ont que les nouvelles adresses, IPv6, restent hors d’atteinte.",
		advice: "Demandez à votre fournisseur d’accès s’il propose IPv6. Si oui, activez-le dans votre box\u00a0; une box ancienne demande parfois une mise à jour.",
	},
	"ipv6-only": {
		title: "Votre IPv6 fonctionne. Vous n’avez pas d’IPv4.",
		detail: "Les sites qui n’ont que les anciennes adresses, IPv4, restent hors d’atteinte.",
		advice: "Demandez à votre fournisseur ou à votre administrateur un accès à IPv4 par traduction (NAT64 avec DNS64, ou 464XLAT).",
	},
	"ipv6-only-nat64": {
		title: "Vous avez IPv6, et IPv4 par traduction.",
		detail: "Votre réseau est en IPv6 seul et traduit pour les sites qui n’ont qu’IPv4 (NAT64). Les sites se chargent par leur nom\u00a0; les programmes qui utilisent une adresse IPv4 sans nom ne marchent pas.",
	},
	"names-local": {
		title: "Seules les adresses peuvent être testées ici.",
		detail: "Ce point de présence est une démonstration sur une seule machine\u00a0: les navigateurs répondent eux-mêmes à ses noms, sans DNS. Ce qui demande un vrai nom est laissé de côté, et il n’y a pas de note.",
	},
	"nothing-works": {
		title: "Aucun test n’a eu de réponse.",
		detail: "Cette page s’est chargée, mais rien d’autre n’est passé.",
		advice: "Vérifiez que vous êtes toujours connecté et rechargez cette page. Si cela n’aide pas, un pare-feu ou une extension du navigateur bloque peut-être les tests.",
	},
	"names-blocked": {
		title: "Quelque chose bloque les tests.",
		detail: "Les adresses répondent et les noms ont été demandés, mais aucune page ne se charge par son nom. Un bloqueur de publicité, un logiciel de sécurité ou un mandataire fait cela.",
		advice: "Désactivez les bloqueurs de publicité et autres extensions semblables pour cette page, puis recommencez.",
	},
	"dns-broken": {
		title: "Les noms ne fonctionnent pas.",
		detail: "Votre connexion atteint les adresses, mais l’annuaire qui traduit les noms en adresses (DNS) ne répond pas.",
		advice: "Redémarrez votre box. Si cela n’aide pas, dites à votre fournisseur que son résolveur DNS ne répond pas pour nos noms.",
	},
	"incomplete": {
		title: "Tout n’a pas pu être testé.",
		detail: "Ce qui l’a été est ci-dessous\u00a0; le reste n’est pas connu, et il n’y a donc pas de verdict.",
	},
	"ipv6-broken": {
		title: "Votre IPv6 est en panne.",
		detail: "Votre appareil a IPv6, mais ce qu’il envoie n’arrive jamais. Les sites qui ont les deux sortes d’adresses se chargent tard, ou pas du tout.",
		advice: "Redémarrez votre box. Si cela dure, dites à votre fournisseur que les paquets IPv6 se perdent en chemin. D’ici là, mieux vaut désactiver IPv6 dans la box que le laisser en panne.",
	},
	"ipv6-refused": {
		title: "Votre IPv6 est refusé.",
		detail: "Votre appareil croit avoir IPv6, mais quelque chose près de vous refuse aussitôt chaque connexion\u00a0: souvent une box qui propose IPv6 sans l’avoir.",
		advice: "Redémarrez votre box et regardez ses réglages IPv6. S’ils sont bons, demandez à votre fournisseur si IPv6 vous est vraiment livré.",
	},
	"ipv6-slow": {
		title: "Votre IPv6 est très lent.",
		detail: "Les connexions en IPv6 mettent plus de cinq secondes à répondre.",
		advice: "Recommencez à une autre heure. Si cela dure, dites à votre fournisseur qu’IPv6 est lent et qu’IPv4 ne l’est pas.",
	},
	"ipv4-broken": {
		title: "Votre IPv4 est en panne.",
		detail: "Ce que votre appareil envoie en IPv4 n’arrive jamais. Seuls les sites qui ont IPv6 se chargent.",
		advice: "Redémarrez votre box. Si cela dure, dites à votre fournisseur que les paquets IPv4 se perdent en chemin.",
	},
	"ipv4-slow": {
		title: "Votre IPv4 est très lent.",
		detail: "Les connexions en IPv4 mettent plus de cinq secondes à répondre.",
		advice: "Recommencez à une autre heure. Si cela dure, dites-le à votre fournisseur\u00a0; une adresse partagée (CGNAT) à sa limite fait cela.",
	},
	"aaaa-missing": {
		title: "IPv6 fonctionne, mais les noms n’y mènent pas.",
		detail: "L’annuaire que vous utilisez (DNS) cache les adresses IPv6 des sites.",
		advice: "Votre résolveur DNS filtre les réponses IPv6. Demandez pourquoi à qui le gère, ou utilisez celui de votre fournisseur.",
	},
	"a-missing": {
		title: "IPv4 fonctionne, mais les noms n’y mènent pas.",
		detail: "L’annuaire que vous utilisez (DNS) cache les adresses IPv4 des sites.",
		advice: "Votre résolveur DNS filtre les réponses IPv4. Demandez pourquoi à qui le gère, ou utilisez celui de votre fournisseur.",
	},
	"dual-stack-broken": {
		title: "Les sites qui ont IPv4 et IPv6 ne se chargent pas.",
		detail: "Votre appareil atteint les sites qui ont une seule sorte d’adresses, mais échoue quand il a le choix.",
		advice: "Mettez à jour votre navigateur et votre système. Si une sorte d’adresses est en panne comme dit plus bas, réparez-la d’abord.",
	},
	"dual-stack-slow": {
		title: "Les sites qui ont IPv4 et IPv6 se chargent tard",
		detail: "Plus de cinq secondes passent avant la première réponse, car l’un des deux est d’abord essayé en vain.",
		advice: "Mettez à jour votre navigateur et votre système, et voyez plus bas lequel des deux échoue.",
	},
	"mtu-ipv6-to-us": {
		title: "Les grands paquets IPv6 se perdent à l’aller.",
		detail: "Les petites requêtes passent\u00a0; les envois, les formulaires et les photos restent bloqués. Quelque chose sur le chemin jette les grands paquets, et le message qui le dirait.",
		advice: "Dans votre box, baissez le MTU de la connexion, souvent à 1492 ou 1480, ou autorisez ICMPv6. Sinon, dites à votre fournisseur\u00a0: «\u00a0les messages IPv6 packet too big sont filtrés, vers Internet\u00a0».",
	},
	"mtu-ipv6-to-you": {
		title: "Les grands paquets IPv6 se perdent en venant vers vous.",
		detail: "Les pages commencent à se charger, puis se bloquent. Quelque chose sur le chemin jette les grands paquets et nous cache le message qui le dirait.",
		advice: "Dites à votre fournisseur\u00a0: «\u00a0les messages IPv6 packet too big sont filtrés, vers nous\u00a0». En attendant, baisser le MTU dans votre box, souvent à 1492 ou 1480, aide.",
	},
	"mtu-ipv4-to-us": {
		title: "Les grands paquets IPv4 se perdent à l’aller.",
		detail: "Les petites requêtes passent\u00a0; les envois, les formulaires et les photos restent bloqués.",
		advice: "Dans votre box, baissez le MTU de la connexion, souvent à 1492, ou autorisez ICMP. Sinon, dites-le à votre fournisseur.",
	},
	"mtu-ipv4-to-you": {
		title: "Les grands paquets IPv4 se perdent en venant vers vous.",
		detail: "Les pages commencent à se charger, puis se bloquent.",
		advice: "Dans votre box, baissez le MTU de la connexion, souvent à 1492. Sinon, dites-le à votre fournisseur.",
	},
	"mtu-ipv6-icmp": {
		title: "Un message dont IPv6 a besoin ne vous parvient pas.",
		detail: "Quand un paquet est trop grand pour une partie du chemin, un message le dit. Il est filtré avant d’arriver chez vous\u00a0: certains sites se bloqueront.",
		advice: "Autorisez ICMPv6 «\u00a0packet too big\u00a0» dans le pare-feu de votre box et de cet appareil.",
	},
	"no-fallback": {
		title: "Votre navigateur ne se rabat pas sur IPv4.",
		detail: "Quand l’IPv6 d’un site ne répond pas, votre navigateur devrait continuer en IPv4 en un clin d’œil. Il attend en vain.",
		advice: "Mettez à jour votre navigateur et votre système.",
	},
	"test-unreachable": {
		title: "Notre test est peut-être en cause.",
		detail: "Cette page vous est venue par une sorte d’adresses dont les tests ont ensuite échoué.",
		advice: "Recommencez dans quelques minutes. Si cela dure, un pare-feu laisse passer cette page mais pas ses tests\u00a0; ou dites-le-nous, par le contact ci-dessous.",
	},
	"resolver-no-ipv6": {
		title: "Votre résolveur DNS n’a pas IPv6",
		detail: "Il ne peut pas chercher les noms tenus par des serveurs en IPv6 seul. Il y en a peu aujourd’hui.",
		advice: "Demandez à qui gère votre résolveur, le plus souvent votre fournisseur, de lui donner IPv6.",
	},
	"resolver-no-ipv4": {
		title: "Votre résolveur DNS n’a pas IPv4",
		detail: "Il ne peut pas chercher les noms tenus par des serveurs en IPv4 seul.",
		advice: "Demandez à qui gère votre résolveur de lui donner un chemin vers IPv4.",
	},
	"dns-no-tcp": {
		title: "Les longues réponses DNS se perdent.",
		detail: "Quand une réponse ne tient pas dans un paquet, votre résolveur doit redemander en TCP. Cela échoue\u00a0: certains noms ne seront pas trouvés.",
		advice: "Dites à qui gère votre résolveur d’autoriser le DNS en TCP (port 53). Si votre box répond elle-même au DNS, une mise à jour peut aider.",
	},
	"dnssec-broken": {
		title: "Des noms bien signés ne se chargent pas.",
		detail: "Des signatures protègent les noms de la falsification (DNSSEC). Votre résolveur en refuse de bonnes.",
		advice: "Dites-le à qui gère votre résolveur. Une horloge fausse, ou une ancre de confiance périmée, fait cela.",
	},
	"dnssec-no-ed25519": {
		title: "Les signatures les plus récentes ne sont pas acceptées",
		detail: "Votre résolveur refuse les noms signés avec Ed25519, qu’il devrait accepter ou ne pas vérifier.",
	},
	"resolver-not-validating": {
		title: "Des noms falsifiés passeraient inaperçus",
		detail: "Votre résolveur ne vérifie pas les signatures (DNSSEC)\u00a0: les noms mal signés se chargent quand même.",
		advice: "Demandez à qui gère votre résolveur, le plus souvent votre fournisseur, de valider DNSSEC\u00a0; ou choisissez-en un qui le fait.",
	},
	"resolvers-mixed": {
		title: "Un de vos résolveurs ne vérifie pas les noms",
		detail: "Vous en utilisez plusieurs. L’un refuse les noms mal signés (DNSSEC), puis votre appareil en interroge un autre, qui ne vérifie pas.",
		advice: "N’utilisez que des résolveurs qui valident DNSSEC\u00a0: la liste des vôtres est dans la vue détaillée.",
	},
	"resolver-validating": {
		title: "Les noms falsifiés sont refusés",
		detail: "Votre résolveur vérifie les signatures (DNSSEC) et écarte les noms mal signés.",
	},
	"resolver-passes-address": {
		title: "Votre résolveur transmet une partie de votre adresse",
		detail: "Il dit aux serveurs qu’il interroge dans quel réseau vous êtes (EDNS Client Subnet). Les sites peuvent ainsi choisir un serveur plus proche, et en savent plus sur vous.",
	},
	"tunnel-6to4": {
		title: "Votre IPv6 est un tunnel (6to4)",
		detail: "Cette ancienne technique est peu fiable, et abandonnée par ceux qui l’exploitaient.",
		advice: "Désactivez 6to4 dans votre box ou votre système, et demandez à votre fournisseur un vrai IPv6.",
	},
	"tunnel-teredo": {
		title: "Votre IPv6 est un tunnel (Teredo)",
		detail: "Votre système le crée de lui-même quand il n’y a pas d’IPv6. Il est lent et échoue souvent.",
		advice: "Désactivez Teredo, et demandez à votre fournisseur un vrai IPv6.",
	},
	"tunnel-6rd": {
		title: "Votre IPv6 semble venir par le tunnel de votre fournisseur (6rd)",
		detail: "Votre adresse IPv4 fait partie de votre adresse IPv6. Cela marche, avec des paquets un peu plus petits.",
	},
	"tunnel-likely": {
		title: "Votre IPv6 semble être un tunnel",
		detail: "Il vient d’un autre réseau que votre IPv4 et ne prend que de petits paquets. Si vous ne l’avez pas mis en place, quelqu’un l’a fait pour vous\u00a0: un VPN, par exemple.",
	},
	"ipv4-over-ipv6": {
		title: "Votre IPv4 semble voyager dans IPv6",
		detail: "Le réseau de votre fournisseur est en IPv6, qui transporte IPv4 (464XLAT, DS-Lite ou MAP). C’est courant et cela marche.",
	},
	"proxy": {
		title: "Un mandataire se trouve entre vous et nous",
		detail: "Il se nomme dans vos requêtes. Ce qui a été testé est sa connexion, pas la vôtre seule.",
	},
	"avoids-ipv6": {
		title: "Votre navigateur a choisi IPv4",
		detail: "Les deux fonctionnent\u00a0; le vôtre a pris l’ancien, peut-être parce qu’il a répondu le premier.",
	},
	"fallback-slow": {
		title: "Se rabattre sur IPv4 prend du temps",
		detail: "Quand l’IPv6 d’un site ne répond pas, votre navigateur attend une seconde ou plus avant de continuer en IPv4.",
		advice: "Mettez à jour votre navigateur et votre système\u00a0: la norme demande un quart de seconde.",
	},
	"fallback-works": {
		title: "Votre navigateur se rabat aussitôt sur IPv4",
		detail: "Quand l’IPv6 d’un site ne répond pas, il continue en IPv4 avant que vous le remarquiez (Happy Eyeballs).",
	},
	"late-aaaa-waits": {
		title: "Votre navigateur attend une adresse IPv6 tardive",
		detail: "Quand l’annuaire tarde à donner l’adresse IPv6 d’un site, il ne continue pas en IPv4.",
	},
	"ipv6-latency": {
		title: "IPv6 prend un chemin plus long qu’IPv4",
		detail: "Les réponses en IPv6 mettent au moins deux fois plus de temps.",
		advice: "Dites à votre fournisseur que son IPv6 prend vers ce point d’échange un autre chemin que son IPv4, plus long.",
	},
	"ipv6-throughput": {
		title: "IPv6 est plus lent qu’IPv4",
		detail: "Moins de la moitié passe en IPv6 dans le même temps.",
		advice: "Mesurez les deux avec le test de débit, plus long et plus exact, avant d’en parler à votre fournisseur.",
	},
	"mac-derived": {
		title: "Votre adresse IPv6 dit quel appareil vous avez",
		detail: "Elle contient le numéro de votre carte réseau\u00a0: les sites vous reconnaissent où que vous alliez.",
		advice: "Activez les adresses temporaires (RFC 8981) dans les réglages réseau de votre système.",
	},
	"rpki-invalid": {
		title: "Vos adresses sont mal annoncées",
		detail: "D’après les actes signés de leur titulaire (RPKI), votre réseau n’a pas le droit de les annoncer. Certains réseaux ne transporteront pas votre trafic.",
		advice: "Dites à votre fournisseur que son annonce est RPKI invalid.",
	},
	"rpki-valid": {
		title: "Vos adresses sont protégées",
		detail: "Des actes signés (RPKI) disent que votre fournisseur a le droit de les annoncer\u00a0: personne d’autre ne peut se les approprier.",
	},
	"no-ptr": {
		title: "Votre adresse n’a pas de nom",
		detail: "Cela ne compte pas pour naviguer. Un serveur de courrier en a besoin (DNS inverse).",
	},
	"ptr-unconfirmed": {
		title: "Le nom de votre adresse n’y ramène pas",
		detail: "Cela ne compte pas pour naviguer. Des serveurs de courrier sont refusés pour cela.",
	},
	"http3-works": {
		title: "HTTP/3 fonctionne",
		detail: "La façon la plus récente de charger les pages (QUIC, sur UDP) passe.",
	},
	"http3-blocked": {
		title: "HTTP/3 n’a pas été utilisé",
		detail: "Votre navigateur ou votre réseau en est resté à l’ancienne façon. Les pages se chargent quand même.",
	},
};
