// A line chart of a few series over a fixed span of seconds, in SVG.
// SPDX-License-Identifier: MIT

import { makeSvg } from "./dom.js";

/* Around the plot, in em: room for the texts of the axes. */
const MARGIN = { top: 2.4, right: 1.2, bottom: 2.2, left: 4.6 };

/** The next of 1, 2, 4, 6, 10, 20, ... at or above @value: its half is as round. */
export function niceCeiling(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 4, 6, 10].map((step) => step * power).find((ceiling) => ceiling >= value);
}

export class Chart {
	/**
	 * @svg: an empty SVG element, sized by the style sheet. @series: names, used as classes.
	 * @formatValue, @formatTime and @unit are functions that give texts in the current language.
	 */
	constructor(svg, { seconds, series, formatValue, formatTime, unit }) {
		Object.assign(this, { svg, seconds, formatValue, formatTime, unit });
		this.points = new Map(series.map((name) => [name, []]));
		new ResizeObserver(() => this.draw()).observe(svg);
	}

	clear() {
		for (const points of this.points.values())
			points.length = 0;
		this.draw();
	}

	add(name, second, value) {
		this.points.get(name).push([Math.min(second, this.seconds), value]);
		this.draw();
	}

	draw() {
		const { clientWidth: width, clientHeight: height } = this.svg;
		if (width === 0)
			return;
		const highest = Math.max(0, ...[...this.points.values()].flat().map(([, value]) => value));
		const top = highest > 0 ? niceCeiling(highest) : 0;
		const em = parseFloat(getComputedStyle(this.svg).fontSize);
		const box = {
			left: MARGIN.left * em,
			right: width - MARGIN.right * em,
			top: MARGIN.top * em,
			bottom: height - MARGIN.bottom * em,
		};
		const x = (second) => box.left + (box.right - box.left) * second / this.seconds;
		const y = (value) => box.bottom - (box.bottom - box.top) * (top > 0 ? value / top : 0);

		this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
		this.svg.replaceChildren(
			...(top > 0 ? [0, top / 2, top] : [0]).flatMap((value) => this.#gridLine(value, y(value), box)),
			makeSvg("text", { class: "value", x: box.left, dx: "-0.6em", y: "1em" }, this.unit()),
			...this.#times().map((second) =>
				makeSvg("text", { class: "time", x: x(second), y: height, dy: "-0.7em" }, this.formatTime(second))),
			...[...this.points].flatMap(([name, points]) => this.#line(name, points, x, y)));
	}

	#times() {
		return Array.from({ length: this.seconds / 2 + 1 }, (_, i) => 2 * i);
	}

	#gridLine(value, y, { left, right }) {
		return [
			makeSvg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }),
			makeSvg("text", { class: "value", x: left, y, dx: "-0.6em", dy: "0.35em" }, this.formatValue(value)),
		];
	}

	#line(name, points, x, y) {
		if (points.length < 2)
			return [];
		const line = points.map(([second, value]) => `${x(second).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
		const [first, last] = [points[0][0], points.at(-1)[0]].map(x);
		return [
			makeSvg("polygon", { class: `area ${name}`, points: `${first},${y(0)} ${line} ${last},${y(0)}` }),
			makeSvg("polyline", { class: `line ${name}`, points: line }),
		];
	}
}
