// What the speed test says, by language.
// SPDX-License-Identifier: MIT

export { en } from "./text-en.js";
export { fr } from "./text-fr.js";
