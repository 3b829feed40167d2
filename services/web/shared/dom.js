// Makes elements; texts go in as text, never as markup.
// SPDX-License-Identifier: MIT

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes))
		if (value !== null)
			node.setAttribute(name, value);
	node.append(...children.filter((child) => child !== null));
	return node;
}

/** make("a", {href}, "text", node, ...): attributes and children that are null are left out. */
export function make(tag, attributes = {}, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

export function makeSvg(tag, attributes = {}, ...children) {
	return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A drawing of /shared, in the colours of its surroundings. */
export function drawing(file, className) {
	return makeSvg("svg", { class: className, "aria-hidden": "true" },
		makeSvg("use", { href: `/shared/${file}#drawing` }));
}
