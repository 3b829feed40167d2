// What header and footer say.
// SPDX-License-Identifier: MIT

export const en = {
	skip: "Skip to the content",
	navigation: "Pages",
	home: "Services",
	speedtest: "Speed test",
	ipv6test: "IPv6 test",
	rdns: "Reverse DNS",
	mirror: "Mirrors",
	networks: "Networks",
	latency: "Latency",
	language: "Language",
	themeDark: "Switch to the dark theme",
	themeLight: "Switch to the light theme",
	operated: "Operated by",
	sponsored: "with the support of",
	contact: "Contact",
	copy: "Copy",
	copied: "Copied",
	version: "Fontaine {version}, free software",
};

export const fr = {
	skip: "Aller au contenu",
	navigation: "Pages",
	home: "Services",
	speedtest: "Test de débit",
	ipv6test: "Test IPv6",
	rdns: "DNS inverse",
	mirror: "Miroirs",
	networks: "Réseaux",
	latency: "Latence",
	language: "Langue",
	themeDark: "Passer au thème sombre",
	themeLight: "Passer au thème clair",
	operated: "Opéré par",
	sponsored: "avec le soutien de",
	contact: "Contact",
	copy: "Copier",
	copied: "Copié",
	version: "Fontaine {version}, logiciel libre",
};
