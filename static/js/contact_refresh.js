// Parts of a page that are asked for again and replaced where they differ. What somebody is typing
// in stays.

import { localize } from "./times.js";

const painted = new WeakMap(); // part → the markup it came with

export function remember(root) {
  for (const part of root.querySelectorAll("[data-part]")) painted.set(part, part.outerHTML);
}

// The markup at `path`, or null when it is gone. Signing out leads to the sign-in page.
export async function fetchMarkup(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(15000) });
  if (answer.redirected && new URL(answer.url).pathname === "/sign-in") location.reload();
  if (!answer.ok) return null;
  return { url: answer.url, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

export function replaceParts(root, page, { isForced = false } = {}) {
  for (const part of root.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || painted.get(part) === fresh.outerHTML || part.hasAttribute("data-editing")) continue;
    if (isFilledIn(part, isForced)) {
      freshenFields(part, fresh);
      continue;
    }
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const typed = new Map([...part.querySelectorAll("textarea, input")].map((field) => [field.id, field.value]));
    const initial = new Map([...part.querySelectorAll("textarea, input")].map((field) => [field.id, field.defaultValue]));
    painted.set(fresh, fresh.outerHTML);
    part.replaceWith(document.adoptNode(fresh));
    for (const [id, value] of typed) keepTyped(fresh, id, value, initial.get(id));
    localize(fresh);
    if (focused) giveFocus(fresh, focused);
  }
}

const isFilledIn = (part, isForced) => !isForced && part.matches("[data-fields]") && part.contains(document.activeElement);

// The fields around the one that somebody is in, and that one too until something is typed.
function freshenFields(part, fresh) {
  for (const field of part.querySelectorAll("input")) {
    const { value } = fresh.querySelector(`#${CSS.escape(field.id)}`) ?? field;
    if (field.value === field.defaultValue) field.value = value;
    field.defaultValue = value;
  }
}

// Half a note, or a field that has not been left yet.
function keepTyped(part, id, value, before) {
  const field = id && part.querySelector(`#${CSS.escape(id)}`);
  if (field && value !== before && field.value !== value) field.value = value;
}

function giveFocus(part, old) {
  const same = old.id ? `#${CSS.escape(old.id)}` : [...old.attributes].filter(({ name }) => name.startsWith("data-")).map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join("");
  const target = (same && part.querySelector(same)) || part.querySelector("button, input, a");
  target?.focus({ preventScroll: true });
}
