// Sets the theme before the first paint: the visitor's choice, else the system's.
// SPDX-License-Identifier: MIT
"use strict";

{
	const dark = matchMedia("(prefers-color-scheme: dark)");
	const apply = () => {
		const chosen = /(?:^|; )fontaine_theme=(dark|light)/.exec(document.cookie)?.[1];
		document.documentElement.dataset.theme = chosen ?? (dark.matches ? "dark" : "light");
	};

	apply();
	dark.addEventListener("change", apply);
}
