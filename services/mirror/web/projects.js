// What /api/v1/mirrors says of a project, in words. No DOM in here.
// SPDX-License-Identifier: MIT

/* "up", "late", "down" or "unknown", as the style sheet has them, by what matters most to who downloads. */
const STATES = { held: "down", stale: "late", fresh: "up", none: "unknown" };

function condition({ state, freshness }) {
	return state === "held" && freshness !== "none" ? "held" : freshness;
}

/** What is done with it at the moment, or null when that is waiting. */
function activity({ state, step }, t) {
	if (state === "running")
		return t(`step_${step}`) ?? step;
	return state === "paused" ? t("paused") : null;
}

function age(seconds, nowMs, format) {
	return format.span(Math.max(0, nowMs / 1000 - seconds));
}

/**
 * {state, text, size, when, large, why} of @project at @nowMs; size and when are "" as long as nothing is published,
 * large is "" as long as no large file is described, why is "" as long as all is well, and else what mirrord says (in
 * English).
 */
export function describe(project, nowMs, t, format) {
	const is = condition(project);
	const words = t(is, { span: project.good === null ? t("never") : age(project.good, nowMs, format) });
	const now = activity(project, t);
	const hasBytes = project.bytes !== null && project.files !== null;
	return {
		state: STATES[is],
		text: now === null ? words : `${words} \u00b7 ${now}`,
		size: hasBytes ? t("size", {
			size: format.joined(format.bytes(project.bytes)), files: format.number(project.files),
		}) : "",
		when: project.published === null ? "" : t("published", { moment: format.moment(project.published * 1000) }),
		large: project.large_files > project.large_waiting
			? t("large", { files: format.number(project.large_files - project.large_waiting) }) : "",
		why: is === "fresh" && project.state !== "held" ? "" : [project.words, project.remedy].filter(Boolean).join(". "),
	};
}

/** The POP that is nearest to the visitor, of the list that mirrord gives, when it is another that is well; or null. */
export function nearestElsewhere(pops) {
	const nearest = pops?.find(({ here, up }) => here || up) ?? null;
	return nearest === null || nearest.here ? null : { title: nearest.title, city: nearest.city, url: `${nearest.pages}/mirror/` };
}

/** Whether @name is one that somebody means who has typed @query. */
export function matches(name, query) {
	return query.toLowerCase().split(/\s+/).every((word) => name.includes(word));
}
