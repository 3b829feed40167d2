// A line chart of a few series over a fixed span of seconds, in SVG.
// SPDX-License-Identifier: MIT

import { makeSvg } from "./dom.js";

const MARGIN = { top: 30, right: 12, bottom: 28, left: 56 };

/** The next of 1, 2, 5, 10, 20, ... at or above @value. */
export function niceCeiling(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 5, 10].map((step) => step * power).find((ceiling) => ceiling >= value);
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
		const scale = {
			top,
			x: (second) => MARGIN.left + (width - MARGIN.left - MARGIN.right) * second / this.seconds,
			y: (value) => height - MARGIN.bottom - (height - MARGIN.top - MARGIN.bottom) * (top > 0 ? value / top : 0),
		};

		this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
		this.svg.replaceChildren(...this.#grid(scale, width), ...this.#times(scale, height), ...this.#lines(scale));
	}

	#grid({ top, y }, width) {
		const values = top > 0 ? [0, top / 2, top] : [0];
		return values.flatMap((value) => [
			makeSvg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
			makeSvg("text", { class: "value", x: MARGIN.left - 8, y: y(value), dy: "0.35em" }, this.formatValue(value)),
		]).concat(makeSvg("text", { class: "value", x: MARGIN.left - 8, y: 11 }, this.unit()));
	}

	#times({ x }, height) {
		const seconds = Array.from({ length: this.seconds / 2 + 1 }, (_, i) => 2 * i);
		return seconds.map((second) =>
			makeSvg("text", { class: "time", x: x(second), y: height - 8 }, this.formatTime(second)));
	}

	#lines({ x, y }) {
		return [...this.points].filter(([, points]) => points.length > 1).flatMap(([name, points]) => {
			const line = points.map(([second, value]) => `${x(second).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
			const [first, last] = [points[0][0], points.at(-1)[0]].map(x);
			return [
				makeSvg("polygon", { class: `area ${name}`, points: `${first},${y(0)} ${line} ${last},${y(0)}` }),
				makeSvg("polyline", { class: `line ${name}`, points: line }),
			];
		});
	}
}
