// Runs one test, in a worker: drawing the page does not slow it, and ending the worker ends it.
// SPDX-License-Identifier: MIT

import { Failure, measureDownload, measureLatency, measureUpload } from "./measure.js";

async function run(report) {
	for (const measure of [measureLatency, measureDownload, measureUpload])
		report({ type: "result", ...await measure(report) });
}

run((message) => postMessage(message)).catch((error) => {
	if (!(error instanceof Failure))
		console.error(error);
	postMessage({ type: "failed", reason: "engine", ...error.details });
});
