// The cards that are on screen: merged by version, kept in the order of their column.

import { columnOf, listOf } from "./board_columns.js";
import { localize } from "./times.js";

const MOST_GONE = 2000;
const SAYS = ["version", "stage", "entered", "conversation", "assignee"]; // the same: nothing to paint
const gone = new Map(); // id → the newest version of a card that left the screen

export const cardOf = (id) => document.getElementById(`k-${id}`);
export const allCards = () => [...document.querySelectorAll(".board-card")].filter(({ id }) => id); // not what is carried

export function versionOf(id) {
  return Number(cardOf(id)?.dataset.version ?? gone.get(id) ?? -1);
}

// The element of a card shape; null for one that is older than what is known. While a card is on its
// way elsewhere, what was true before is old too.
export function adopt({ id, version, html }) {
  const isUnderWay = "moving" in (cardOf(id)?.dataset ?? {});
  if (version < versionOf(id) + isUnderWay) return null;
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// Puts an element where it belongs. What would stand below the cards that are loaded stays away,
// unless it `isPaged`, which is how those below come in.
export function place(element, { isPaged = false } = {}) {
  if (!element) return;
  const { id, stage } = element.dataset;
  const old = cardOf(id);
  const list = listOf(stage);
  const next = list && [...list.children].find((other) => other !== old && comesBefore(element, other));
  const isBelow = list && !next && !isPaged && old?.parentElement !== list && columnOf(stage).dataset.cursor;
  if (!list || isBelow) return drop(id, Number(element.dataset.version));
  if (old && SAYS.every((name) => old.dataset[name] === element.dataset[name])) return;
  const hadFocus = old?.contains(document.activeElement) && document.activeElement.className;
  if (!old || old.dataset.stage !== stage) element.classList.add("is-new");
  gone.delete(id);
  if (old?.parentElement === list && (old.nextElementSibling ?? null) === (next ?? null)) old.replaceWith(element);
  else {
    old?.remove();
    list.insertBefore(element, next ?? null);
  }
  localize(element);
  if (hadFocus) focusIn(element, hadFocus);
}

export function drop(id, version = versionOf(id)) {
  cardOf(id)?.remove();
  gone.set(id, Math.max(version, gone.get(id) ?? -1));
  if (gone.size > MOST_GONE) gone.delete(gone.keys().next().value);
}

// Before the server has answered: on top of another column.
export function lift(id, stageId) {
  const element = cardOf(id);
  const hadFocus = element.contains(document.activeElement) && document.activeElement.className;
  element.dataset.moving = "";
  element.dataset.stage = stageId;
  element.dataset.entered = new Date().toISOString();
  element.querySelector("time").dateTime = element.dataset.entered;
  element.classList.add("is-new");
  listOf(stageId)?.prepend(element);
  localize(element);
  if (hadFocus) focusIn(element, hadFocus);
}

// The server has answered, with the contact's new version or with a refusal.
export function settle(id, version = null) {
  const element = cardOf(id);
  if (!element) return;
  delete element.dataset.moving;
  if (version > Number(element.dataset.version)) element.dataset.version = version;
}

function focusIn(element, className) {
  element.querySelector(className.includes("card-menu") ? ".card-menu" : ".card-link").focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// Who entered last comes first, as inbox/models/board.py orders.
function comesBefore(a, b) {
  if (a.dataset.entered !== b.dataset.entered) return a.dataset.entered > b.dataset.entered;
  return BigInt(a.dataset.id) > BigInt(b.dataset.id);
}
