// The rows of the list: merged by version, kept in order, moved smoothly.

import { avatarOf } from "./avatar.js";
import { admits } from "./filters.js";
import { localize } from "./times.js";
import { keepLight } from "./lightness.js";

const MOST_CONTACTS = 500;
const list = document.getElementById("rows");
const known = new Map(); // id → {shape, element}: what the list shows
const refused = new Map(); // id → the newest version that we no longer may see
const contacts = new Map(); // id → the newest contact that came without its row
let touched = null; // id → version of what was merged while the list is being asked for
const light = keepLight(document.getElementById("list-scroll"));

export const shapeOf = (id) => known.get(id)?.shape;
export const elementOf = (id) => known.get(id)?.element;
export const count = () => known.size;
export const beginAsking = () => (touched = new Map());
export const endAsking = () => (touched = null);

// Takes over what the server painted.
export function adopt(shapes) {
  for (const shape of shapes) {
    const element = document.getElementById(`c-${shape.id}`);
    known.set(shape.id, { shape, element });
    light.watch(element);
  }
}

// A row that changed. `isWhole`: there are no further pages, so that even the oldest belongs in.
// `stays` names a row that is shown although the filter no longer admits it (the open one).
export function merge(shape, { isWhole, stays }) {
  if (shape.version <= newestVersion(shape.id)) return;
  touched?.set(shape.id, shape.version);
  refused.delete(shape.id);
  const isKept = known.has(shape.id) && shape.id === stays;
  const isInRange = isWhole || isNewerThanLast(shape);
  if (isKept || (admits(shape) && isInRange)) put(shape);
  else drop(shape.id);
}

// An answer of the server: the next page, or with `isFresh` the first one, which replaces all but
// what was merged since it was asked for. Call it before `endAsking`.
export function take(shapes, { isFresh }) {
  if (isFresh) {
    const listed = new Set(shapes.map(({ id }) => id));
    for (const id of [...known.keys()]) if (!listed.has(id) && !touched?.has(id)) drop(id);
  }
  for (const shape of shapes) {
    if (shape.version > newestVersion(shape.id)) put(shape);
  }
}

// Somebody else's now: an answer that was under way must not bring it back.
export function refuse(id) {
  refused.set(id, known.get(id)?.shape.version ?? refused.get(id) ?? 0);
  drop(id);
}

export function drop(id) {
  const row = known.get(id);
  if (!row) return;
  light.forget(row.element);
  row.element.remove();
  known.delete(id);
}

export function takeContact(contact) {
  if (contact.version <= (contacts.get(contact.id)?.version ?? -1)) return;
  contacts.set(contact.id, contact);
  if (contacts.size > MOST_CONTACTS) contacts.delete(contacts.keys().next().value);
  for (const { shape, element } of known.values()) {
    if (shape.contact.id === contact.id) dress(shape, element);
  }
}

function newestVersion(id) {
  return known.get(id)?.shape.version ?? touched?.get(id) ?? refused.get(id) ?? -1;
}

function put(shape) {
  const old = known.get(shape.id)?.element;
  const element = toElement(shape.html);
  const current = old?.querySelector("[aria-current]");
  const hadFocus = old?.contains(document.activeElement);
  if (current) element.firstElementChild.setAttribute("aria-current", "true");
  known.set(shape.id, { shape, element });
  dress(shape, element);
  if (old) {
    light.forget(old);
    old.replaceWith(element);
  }
  place(shape, element);
  light.watch(element);
  if (hadFocus) element.firstElementChild.focus({ preventScroll: true });
}

// The row may be older than what we know of the contact: events of the two are independent.
function dress(shape, element) {
  const contact = contacts.get(shape.contact.id);
  if (contact && contact.version > shape.contact.version) {
    shape.contact = contact;
    element.querySelector("[data-contact-name]").textContent = contact.name;
    element.querySelector(".avatar-initials").replaceWith(avatarOf(contact));
  }
  localize(element);
}

function place(shape, element) {
  const next = [...list.children].find((other) => other !== element && comesBefore(shape, known.get(other.dataset.id).shape));
  if (next ? element.nextElementSibling !== next : list.lastElementChild !== element) list.insertBefore(element, next ?? null);
}

function isNewerThanLast(shape) {
  const last = list.lastElementChild && known.get(list.lastElementChild.dataset.id).shape;
  return !last || last.id === shape.id || comesBefore(shape, last);
}

// Newest first, as inbox/models/listing.py orders.
function comesBefore(a, b) {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt;
  return BigInt(a.id) > BigInt(b.id);
}

function toElement(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}
