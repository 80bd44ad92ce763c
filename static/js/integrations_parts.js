// A card that changes in place: of the new markup only the parts that differ are taken, so that an
// open menu, a field that is being filled in, and focus stay where they are.

import { localize } from "./integrations_times.js";

const painted = new WeakMap(); // part → the markup it came with, before clocks ran and fields changed

export function replaceParts(card, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const names = partsOf(fresh).map(({ dataset }) => dataset.part);
  for (const [name, value] of Object.entries(fresh.dataset)) card.dataset[name] = value;
  if (!("job" in fresh.dataset)) delete card.dataset.job;
  for (const part of partsOf(card)) if (!names.includes(part.dataset.part)) part.remove();
  for (const part of partsOf(fresh)) put(card, part, names);
  localize(card);
}

// Call it once for what the server painted, before anything in it changes.
export function remember(card) {
  for (const part of partsOf(card)) painted.set(part, part.outerHTML);
}

function put(card, part, names) {
  const old = card.querySelector(`:scope > [data-part="${part.dataset.part}"]`);
  const markup = part.outerHTML;
  if (old && painted.get(old) === markup) return;
  painted.set(part, markup);
  if (!old) return void place(card, part, names);
  part.hidden = old.hidden;
  if (old.open && old.dataset.keep === part.dataset.keep) part.open = true;
  const focus = focusIn(old);
  old.replaceWith(part);
  if (focus) (part.querySelector(focus) ?? part.querySelector("button, a, summary"))?.focus({ preventScroll: true });
}

// In the order in which the server paints them.
function place(card, part, names) {
  const later = names.slice(names.indexOf(part.dataset.part) + 1);
  const next = partsOf(card).find(({ dataset }) => later.includes(dataset.part));
  card.insertBefore(part, next ?? null);
}

const partsOf = (card) => [...card.querySelectorAll(":scope > [data-part]")];

// What leads to the focused element of a part again, once the part is another.
function focusIn(part) {
  const element = document.activeElement;
  if (!part.contains(element)) return null;
  for (const name of ["data-action", "data-toggle-settings", "name", "href"]) {
    if (element.hasAttribute(name)) return `[${name}="${CSS.escape(element.getAttribute(name))}"]`;
  }
  return element.localName;
}
