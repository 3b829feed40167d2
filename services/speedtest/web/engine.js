// Runs one test, in a worker: drawing the page does not slow it, and ending the worker ends it.
// SPDX-License-Identifier: MIT
//
// From the page (run.js): {type: "start", pop, server}, then, when asked, {type: "loss", result}.
// To it: the messages of session.js, and {type: "loss", relay} to ask for the packet loss.

import { run } from "./plan.js";

/* WebRTC is not for workers. */
function lossByPage(relay) {
	postMessage({ type: "loss", relay });
	return new Promise((resolve) => {
		addEventListener("message", ({ data }) => resolve(data.result), { once: true });
	});
}

performance.setResourceTimingBufferSize(10000); /* of all requests of a run, to time them by */
addEventListener("message", ({ data }) => {
	run({ pop: data.pop, page: new URL(location), chosen: data.server, measureLoss: lossByPage },
		(message) => postMessage(message));
}, { once: true });
