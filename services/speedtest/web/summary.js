// A session in one sentence, for eyes and screen readers alike.
// SPDX-License-Identifier: MIT

import { FAMILIES } from "./results.js";

function failureText({ reason, retryAfterS, status }, t, format) {
	if (reason === "busy" && retryAfterS)
		return t("failedBusyFor", { wait: format.span(retryAfterS) });
	return t(`failed_${reason}`, { status });
}

function resultText({ latency, download, upload }, t, format) {
	const milliseconds = (ms) => ms === null ? "\u2013" : format.milliseconds(ms);
	return t("summary", {
		download: format.megabits(download.bitsPerSecond),
		upload: format.megabits(upload.bitsPerSecond),
		idle: milliseconds(latency.medianMs),
		downloading: milliseconds(download.latencyMs),
		uploading: milliseconds(upload.latencyMs),
	});
}

/** @t and @format: the page's, see i18n.js. */
export function summary(session, t, format) {
	switch (session.state) {
	case "failed":
		return failureText(session.failure, t, format);
	case "done":
		return resultText(FAMILIES.map((family) => session.results[family]).find((found) => found?.upload), t, format);
	default:
		return t(`state_${session.phase ?? session.state}`);
	}
}
