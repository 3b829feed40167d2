// What the IPv6 test says, by language.
// SPDX-License-Identifier: MIT

import { findings as findingsEn } from "./findings-en.js";
import { findings as findingsFr } from "./findings-fr.js";
import { en as textEn } from "./text-en.js";
import { fr as textFr } from "./text-fr.js";

/* {"ipv4-only": {title: "x"}} as {"title_ipv4-only": "x"} */
const flat = (findings) => Object.fromEntries(Object.entries(findings).flatMap(([id, parts]) =>
	Object.entries(parts).map(([part, text]) => [`${part}_${id}`, text])));

export const en = { ...textEn, ...flat(findingsEn) };
export const fr = { ...textFr, ...flat(findingsFr) };
