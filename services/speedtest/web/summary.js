// A session in words, for eyes and screen readers alike.
// SPDX-License-Identifier: MIT

import { factsOf, qualityOf } from "./quality.js";
import { leadingFamily } from "./session.js";

export const FAMILY_NAMES = { ipv4: "IPv4", ipv6: "IPv6" };
const BEST_FIRST = ["great", "good", "average", "poor", "bad"];

/** What the leading family was found to be good for: {facts, quality} as of quality.js. */
export function qualityOfResults(results) {
	const facts = factsOf(results[leadingFamily(results)], results.loss);
	return { facts, quality: qualityOf(facts) };
}

/* "great for video and calls, good for games", the best first; null when nothing is known. */
function usesText(results, t, format) {
	const quality = Object.entries(qualityOfResults(results).quality).filter(([, verdict]) => verdict !== null);
	const parts = BEST_FIRST
		.map((name) => [name, quality.filter(([, verdict]) => verdict.class === name).map(([use]) => t(`for_${use}`))])
		.filter(([, uses]) => uses.length > 0)
		.map(([name, uses]) => t("classFor", { class: t(`class_${name}`), uses: format.list(uses) }));
	return parts.length > 0 ? `${parts.join(", ")}.` : null;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function failureText({ reason, retryAfterS, status, cause = "full" }, t, format) {
	if (reason === "busy")
		return t(`busy_${cause}`, { wait: retryAfterS ? format.span(retryAfterS) : t("aMoment") });
	return t(`failed_${reason}`, { status });
}

/* Rates and latencies of the leading family, and the loss. */
function resultText(results, t, format) {
	const family = leadingFamily(results);
	const { latency, download, upload } = results[family] ?? {};
	if (!latency || !download || !upload)
		return t("incomplete");
	const milliseconds = (ms) => ms === null ? "\u2013" : format.milliseconds(ms);
	const sentence = t("summary", {
		family: FAMILY_NAMES[family],
		download: format.joined(format.rate(download.bitsPerSecond)),
		upload: format.joined(format.rate(upload.bitsPerSecond)),
		idle: milliseconds(latency.medianMs),
		downloading: milliseconds(download.latencyMs),
		uploading: milliseconds(upload.latencyMs),
	});
	const percent = results.loss?.percent;
	return percent === undefined ? sentence : `${sentence} ${t("summaryLoss", { percent: format.percent(percent) })}`;
}

function phaseKey({ phase, direction, queue }) {
	if (phase === null)
		return "server"; /* the first, not yet announced */
	if (phase === "queue")
		return queue ? "queue" : "queueing";
	return phase === "single" ? `single_${direction}` : phase;
}

function runningText(session, t, format) {
	const { family, queue } = session;
	const key = phaseKey(session);
	return {
		headline: t(`doing_${key}`, {
			family: FAMILY_NAMES[family],
			position: queue && format.number(queue.position),
		}),
		detail: t(`about_${key}`, { wait: queue && format.span(queue.waitMs / 1000) }),
	};
}

/** {headline, detail} of the session. @t and @format: the page's, see i18n.js. */
export function summary(session, t, format) {
	switch (session.state) {
	case "running":
		return runningText(session, t, format);
	case "failed":
		return { headline: t(`headline_${session.failure.reason}`) ?? t("headline_failed"), detail: failureText(session.failure, t, format) };
	case "done":
		return {
			headline: capital(usesText(session.results, t, format) ?? t("headline_done")),
			detail: resultText(session.results, t, format),
		};
	default:
		return { headline: t(`headline_${session.state}`), detail: t(`detail_${session.state}`) };
	}
}
