// What was typed in a view stays when the same view is shown in another language.
// SPDX-License-Identifier: MIT
//
// A form that has answered, in its [data-answer] or a .problem, gets the event "again": it is to answer in the new
// language.

const FIELDS = "input:not([type=file], [readonly]), textarea";
const OPENS = "details.opens";
const ANSWERED = ":is([data-answer], .problem):not(:empty)";

/* Those of a name, in order: radio buttons, or a field of each row. */
const fieldsOf = (view, key) => [...view.querySelectorAll(FIELDS)].filter(({ name, id }) => (name || id) === key);

/** What is typed in @view, what is open, and which forms have answered. */
export function typedIn(view) {
	const keys = new Set([...view.querySelectorAll(FIELDS)].map(({ name, id }) => name || id));
	return {
		fields: [...keys].map((key) => ({ key, typed: fieldsOf(view, key).map(({ value, checked }) => ({ value, checked })) })),
		open: [...view.querySelectorAll(OPENS)].map(({ open }) => open),
		answered: [...view.querySelectorAll("form")].filter((form) => form.querySelector(ANSWERED) !== null).map(({ id }) => id),
	};
}

/* A button with data-adds makes another row, with a field of that name. */
function typeInto(view, { key, typed }) {
	for (let missing = typed.length - fieldsOf(view, key).length; missing > 0; missing--)
		view.querySelector(`[data-adds=${key}]`)?.click();
	fieldsOf(view, key).forEach((field, i) => {
		Object.assign(field, typed[i]);
		field.dispatchEvent(new Event("input", { bubbles: true }));
	});
}

/** Type the same again into @view, made anew. The focus stays where it is. */
export function typeAgain(view, { fields, open, answered }) {
	const focus = document.activeElement;
	for (const field of fields)
		typeInto(view, field);
	view.querySelectorAll(OPENS).forEach((each, i) => { each.open = open[i] ?? false; });
	for (const id of answered)
		view.querySelector(`form#${id}`)?.dispatchEvent(new Event("again"));
	document.activeElement.blur();
	focus.focus();
}
