// A run, as the page starts it: the engine in a worker, and what only a page can measure.
// SPDX-License-Identifier: MIT

const LOSS_MS = 6000; /* the run goes on without the packet loss after it */

/* Packet loss by the relay of the POP at @url: {sent, received, lost, percent}, or {reason}. */
async function measureLoss(url) {
	const limit = AbortSignal.timeout(LOSS_MS);
	const late = new Promise((resolve) => {
		limit.addEventListener("abort", () => resolve({ reason: "silent" }));
	});
	try {
		const loss = await import("./loss.js");
		return await Promise.race([loss.measureLoss(url, limit), late]);
	} catch {
		return { reason: "unsupported" };
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
			worker.postMessage({ type: "loss", result: await measureLoss(data.url) });
		else
			report(data);
	};
	worker.onerror = () => report({ type: "failed", reason: "engine" }); /* it could not be loaded */
	worker.postMessage({ type: "start", pop, server });
	return () => worker.terminate();
}
