// The verdict of a check, in the order of the page. Pure.
// SPDX-License-Identifier: MIT

/** The 25 checks, by group (delegation/checks.c). */
export const GROUPS = {
	basic: ["zone", "server"],
	address: ["address"],
	connectivity: ["udp", "tcp", "as-diversity", "prefix-diversity"],
	delegation: ["two-servers", "distinct", "authority", "cname", "soa", "ns-child"],
	consistency: ["serial", "ns-same", "glue"],
	nameserver: ["recursion", "edns", "edns-version"],
	dnssec: ["ds", "dnskey-signature", "soa-signature", "denial", "ds-unsigned", "cds"],
};

/** From good to bad. */
export const RESULTS = ["waiting", "untested", "passed", "notice", "warning", "error"];

const worse = (a, b) => RESULTS.indexOf(b) > RESULTS.indexOf(a) ? b : a;

/* A check in the verdicts of all zones: {id, result, why, findings}, of each finding which zones have it. */
function rowOf(id, verdicts) {
	const all = verdicts.flatMap(({ zone, checks }) => checks.filter((check) => check.id === id).map((check) => ({ zone, ...check })));
	const findings = new Map();
	for (const { zone, findings: found } of all)
		for (const finding of found) {
			const key = `${finding.severity} ${finding.what}`;
			const same = findings.get(key) ?? { ...finding, zones: [], seen: [] };
			findings.set(key, { ...same, zones: [...same.zones, zone], seen: [...same.seen, ...finding.seen] });
		}
	return { id, result: all.map(({ result }) => result).reduce(worse, "waiting"), why: all.find(({ why }) => why)?.why ?? null,
		findings: [...findings.values()] };
}

/** All groups with their checks, [{group, rows}]; those that have no verdict yet wait. */
export function groupsOf(verdicts) {
	return Object.entries(GROUPS).map(([group, ids]) => ({ group, rows: ids.map((id) => rowOf(id, verdicts)) }));
}

/** The worst there is: {passed, errors, warnings, notices}, each problem once for all zones. */
export function summaryOf(verdicts) {
	const findings = groupsOf(verdicts).flatMap(({ rows }) => rows.flatMap((row) => row.findings));
	const count = (wanted) => findings.filter(({ severity }) => severity === wanted).length;
	return { passed: verdicts.length > 0 && verdicts.every(({ passed }) => passed),
		errors: count("error"), warnings: count("warning"), notices: count("notice") };
}
