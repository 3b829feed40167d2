// A line chart of a few series, in SVG.
// SPDX-License-Identifier: MIT

import { makeSvg } from "./dom.js";

/* Around the plot, in em: room for the texts of the axes. */
const MARGIN = { top: 2.2, right: 1.4, bottom: 2, bare: 0.7, left: 4.4 };
const LOW_EM = 9; /* a chart below this height has only two lines of its grid */

/** The next of 1, 2, 4, 6, 10, 20, ... at or above @value: its half is as round. */
export function niceCeiling(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 4, 6, 10].map((step) => step * power).find((ceiling) => ceiling >= value);
}

/** From 0 to @end in steps of 1, 2, 5, 10, ... of which there are at most @most. */
export function ticks(end, most) {
	const power = 10 ** Math.floor(Math.log10(end / most));
	const step = [1, 2, 5, 10].map((times) => times * power).find((each) => Math.floor(end / each) <= most);
	return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

const highest = (series, axis) => Math.max(0, ...Object.values(series).flat().map((point) => point[axis]));

export class Chart {
	#series = {};
	#axes = null;

	/** @svg: an empty SVG element, sized by the style sheet. */
	constructor(svg) {
		this.svg = svg;
		new ResizeObserver(() => this.draw()).observe(svg);
	}

	/**
	 * @series: {name: [[x, y], ...]}; the name is the class of the line. @axes: formatX(value),
	 * formatY(value, top) and unit(top) give their texts, top being where the y axis ends. Without a
	 * formatX the x axis has none: that of a chart below is its own as well. span and top: where
	 * the axes end at least, and at most, when it is not the data alone that decides.
	 */
	show(series, axes) {
		this.#series = series;
		this.#axes = axes;
		this.draw();
	}

	draw() {
		const { clientWidth: width, clientHeight: height } = this.svg;
		if (width === 0 || this.#axes === null)
			return;
		const { formatX, formatY, unit } = this.#axes;
		const em = parseFloat(getComputedStyle(this.svg).fontSize);
		const box = {
			left: MARGIN.left * em,
			right: width - MARGIN.right * em,
			top: MARGIN.top * em,
			bottom: height - (formatX ? MARGIN.bottom : MARGIN.bare) * em,
		};
		const span = Math.max(this.#axes.span ?? 0, highest(this.#series, 0)) || 1;
		const top = this.#axes.top ?? (niceCeiling(highest(this.#series, 1)) || 0);
		const x = (value) => box.left + (box.right - box.left) * value / span;
		const y = (value) => box.bottom - (box.bottom - box.top) * (top > 0 ? Math.min(1, value / top) : 0);
		const values = top === 0 ? [0] : height < LOW_EM * em ? [0, top] : [0, top / 2, top];

		this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
		this.svg.replaceChildren(
			...values.flatMap((value) => gridLine(formatY(value, top), y(value), box)),
			makeSvg("text", { class: "value", x: box.left, dx: "-0.6em", y: "1em" }, unit(top)),
			...(formatX ? ticks(span, width < 30 * em ? 4 : 8) : []).map((value) =>
				makeSvg("text", { class: "time", x: x(value), y: height, dy: "-0.5em" }, formatX(value))),
			...Object.entries(this.#series).flatMap(([name, points]) => line(name, points, x, y)));
	}
}

function gridLine(text, y, { left, right }) {
	return [
		makeSvg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }),
		makeSvg("text", { class: "value", x: left, y, dx: "-0.6em", dy: "0.35em" }, text),
	];
}

function line(name, points, x, y) {
	if (points.length < 2)
		return [];
	const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ");
	const [first, last] = [points[0][0], points.at(-1)[0]].map(x);
	return [
		makeSvg("polygon", { class: `area ${name}`, points: `${first},${y(0)} ${path} ${last},${y(0)}` }),
		makeSvg("polyline", { class: `line ${name}`, points: path }),
	];
}
