// What the page of the mirrors says.
// SPDX-License-Identifier: MIT

export const en = {
	title: "Mirrors",
	lead: "What other projects publish, from nearby: whole, verified, and never in the middle of an update.",
};

export const fr = {
	title: "Miroirs",
	lead: "Ce que d’autres projets publient, depuis tout près\u00a0: entier, vérifié, et jamais au milieu d’une mise à jour.",
};
