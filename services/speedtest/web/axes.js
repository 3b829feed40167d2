// The axes of the charts (chart.js), in the language of the page.
// SPDX-License-Identifier: MIT

import { rateUnit } from "/shared/i18n.js";

export const rateAxes = ({ format }) => ({
	formatX: null,
	formatY: (bitsPerSecond, top) => format.short(bitsPerSecond / rateUnit(top)[1]),
	unit: (top) => rateUnit(top)[0],
});

export const latencyAxes = ({ format, t }) => ({
	formatX: null,
	formatY: format.short,
	unit: () => t("milliseconds"),
});

/** Below either of them. */
export const secondsAxis = ({ format }) => ({ formatX: (second) => `${format.short(second)}\u00a0s` });
