// What the page says, by language.
// SPDX-License-Identifier: MIT

import { en as checksEn } from "./checks-en.js";
import { fr as checksFr } from "./checks-fr.js";
import { en as pageEn } from "./text-en.js";
import { fr as pageFr } from "./text-fr.js";

export const en = { ...pageEn, ...checksEn };
export const fr = { ...pageFr, ...checksFr };
