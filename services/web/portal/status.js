// What /status.json says, in words. No DOM in here.
// SPDX-License-Identifier: MIT

const STALE_MS = 45_000; /* older than this, it comes out of some cache */

export const UNKNOWN = { services: {}, nowMs: 0 };

/** @json as told at its "time", read at @nowMs by the same clock; too old counts as unknown. */
export function readStatus(json, nowMs) {
	const ageMs = nowMs - Date.parse(json.time);
	return ageMs <= STALE_MS ? { services: json.services, nowMs } : UNKNOWN;
}

function valueText({ name, value, unit }, format) {
	if (name === "serial")
		return String(value); /* a name more than a number: not in groups of three */
	const shown = unit === "GB" ? format.bytes(value * 1e9) : { value: format.number(value), unit };
	return shown.unit ? `${shown.value}\u00a0${shown.unit}` : shown.value;
}

function figureText(figure, t, format) {
	return t("figure", { name: t(`figure_${figure.name}`) ?? figure.name, value: valueText(figure, format) });
}

function upText({ since, figure }, nowMs, t, format) {
	const up = since
		? t("upFor", { span: format.span(Math.max(0, nowMs - Date.parse(since)) / 1000) })
		: t("up");
	return figure ? `${up} \u00b7 ${figureText(figure, t, format)}` : up;
}

/** {state: "up", "down" or "unknown", text} of the service called @name. */
export function serviceStatus({ services, nowMs }, name, t, format) {
	const service = services[name];
	if (!service || service.up === null)
		return { state: "unknown", text: t("unknown") };
	if (!service.up)
		return { state: "down", text: service.detail ? t("downBecause", service) : t("down") };
	return { state: "up", text: upText(service, nowMs, t, format) };
}

/** The same of all services together. */
export function overallStatus({ services }, t) {
	const all = Object.values(services).filter((service) => service.up !== null);
	const up = all.filter((service) => service.up).length;
	if (all.length === 0)
		return { state: "unknown", text: t("overallUnknown") };
	if (up === all.length)
		return { state: "up", text: t("overallUp") };
	return { state: "down", text: t("overallDown", { up, all: all.length }) };
}
