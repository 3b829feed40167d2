// Languages: which one to speak, its texts, its numbers. No DOM in here.
// SPDX-License-Identifier: MIT

/** The first of the @wanted language tags that is @offered, whatever its region; else the first offered. */
export function pickLanguage(wanted, offered) {
	const primary = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
	return primary.find((language) => offered.includes(language)) ?? offered[0];
}

/** A function from key to text; {name} in a text becomes values.name. Unknown keys give null. */
export function translator(texts) {
	return (key, values = {}) =>
		texts[key]?.replace(/\{(\w+)\}/g, (_, name) => values[name]) ?? null;
}

const BYTE_UNITS = { fr: ["o", "ko", "Mo", "Go", "To"], en: ["B", "kB", "MB", "GB", "TB"] };
const RATE_UNITS = [["Gbit/s", 1e9], ["Mbit/s", 1e6]];
const SPANS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** [unit, its size] for rates up to @bitsPerSecond. */
export function rateUnit(bitsPerSecond) {
	return RATE_UNITS.find(([, size]) => bitsPerSecond >= 0.9995 * size) ?? RATE_UNITS.at(-1);
}

/** Numbers and units as @language writes them. */
export function formats(language) {
	const number = (value, digits = 0) => new Intl.NumberFormat(language, {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	}).format(value);

	/* Three significant digits, no more than a measurement is worth. */
	const measure = (value) => number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

	return {
		number,
		/** For the values of an axis, which are short already. */
		short: new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format,

		/** Value and unit, apart: a page sets them in different sizes. */
		rate(bitsPerSecond) {
			const [unit, size] = rateUnit(bitsPerSecond);
			return { value: measure(bitsPerSecond / size), unit };
		},

		/** Value and unit in one line. */
		joined: ({ value, unit }) => `${value}\u00a0${unit}`,

		milliseconds: (ms) => number(ms, ms < 9.95 ? 1 : 0),
		percent: (percent) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(percent / 100),

		/** "a, b and c" */
		list: (words) => new Intl.ListFormat(language).format(words),

		/** Value and unit, apart. */
		bytes(count) {
			const power = count < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
			const value = power === 0 ? number(count) : measure(count / 1000 ** power);
			return { value, unit: BYTE_UNITS[language][power] };
		},

		/** "3 hours": the largest whole unit. */
		span(seconds) {
			const [unit, length] = SPANS.find(([, s]) => seconds >= s) ?? SPANS.at(-1);
			return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" })
				.format(Math.floor(seconds / length));
		},

		days: (n) => new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(n),

		/** Date and time of @ms since 1970, where the visitor is. */
		moment: (ms) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(ms),

		country: (code) => new Intl.DisplayNames(language, { type: "region" }).of(code),
	};
}
