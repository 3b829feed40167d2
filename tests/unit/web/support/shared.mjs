// Lets node find what pages ask their server for: "/shared/x.js" is services/web/shared/x.js.
// SPDX-License-Identifier: MIT

import { register } from "node:module";

const web = new URL("../../../../services/web/", import.meta.url);
const hook = `export const resolve = (name, context, next) =>
	next(name.startsWith("/shared/") ? new URL(name.slice(1), "${web}").href : name, context);`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
