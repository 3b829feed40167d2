// A run, as the page starts it: the engine in a worker, and what only a page can measure.
// SPDX-License-Identifier: MIT

const LOSS_MS = 15000; /* the run goes on without the packet loss after it */

/* Packet loss by @relay, the POP's "/turn": {sent, received, lost, percent}, or {reason}. */
async function lossBy(relay) {
	try {
		const { measureLoss } = await import("./loss.js");
		const { reason, sent, received, lost, percent } = await measureLoss(relay, () => {}, AbortSignal.timeout(LOSS_MS));
		return reason ? { reason } : { sent, received, lost, percent };
	} catch (error) {
		return { reason: error.name === "TimeoutError" ? "silent" : "unsupported" };
	}
}

/**
 * Start a run at the POP named @server (null: the nearest); @pop is this POP's /pop.json.
 * @report gets the messages of session.js. Return: a function that ends the run at once.
 */
export function startRun({ pop, server = null }, report) {
	const worker = new Worker("engine.js", { type: "module" });
	worker.onmessage = async ({ data }) => {
		if (data.type === "loss")
			worker.postMessage({ type: "loss", result: await lossBy(data.relay) });
		else
			report(data);
	};
	worker.onerror = () => report({ type: "failed", reason: "engine" }); /* it could not be loaded */
	worker.postMessage({ type: "start", pop, server });
	return () => worker.terminate();
}
