// What the time server counts, as the page shows it. No DOM in here.
// SPDX-License-Identifier: MIT

const UNITS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [0, "ns"]];

/** "12.3 µs" of seconds. */
export function smallSpan(seconds, format) {
	const size = Math.abs(seconds);
	const [unit, name] = UNITS.find(([least]) => size >= least);
	return `${format.number(size / (unit || 1e-9), 1)}\u00a0${name}`;
}

/** The figures of /time/server.json, each with the name of its text; @page: t and format, of the current language. */
export function figures(told, { t, format }) {
	const count = (name, n) => ({ name, text: format.number(n, 0) });
	const isAlone = told.sources === 0; /* its own clock differs from nobody's */
	return [
		count("packets", told.ntp_packets),
		count("authenticated", told.nts_packets),
		count("dropped", told.dropped_packets),
		count("exchanges", told.nts_key_exchanges),
		{ name: "sources", text: isAlone ? t("alone") : `${told.sources_used} / ${told.sources}` },
		...isAlone ? [] : [
			{ name: "difference", text: smallSpan(told.offset_s, format) },
			{ name: "dispersion", text: smallSpan(told.root_dispersion_s, format) },
		],
	];
}
