// Arrows walk between cards, Shift with one moves the card, M asks where to, Ctrl+Z undoes.

import { columns } from "./board_columns.js";
import { openMenu } from "./board_menu.js";
import { moveTo, undo } from "./board_moving.js";

export function startKeys() {
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], .dropdown-menu.show")) return;
  if (event.target.closest("input, textarea, select")) return;
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  act();
}

function actOf({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
  if (ctrlKey || metaKey) return key.toLowerCase() === "z" && !shiftKey && !altKey ? () => undo() : null;
  if (altKey) return null;
  const card = target.closest(".board-card");
  if (!card) return target === document.body && key.startsWith("Arrow") ? focusFirst : null;
  if (key.toLowerCase() === "m") return () => openMenu(card);
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (sideways) return () => (shiftKey ? shove(card, sideways) : cross(card, sideways));
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  return step && !shiftKey ? () => walk(card, step) : null;
}

function shove(card, step) {
  const all = columns();
  const next = all[all.indexOf(card.closest(".column")) + step];
  if (next) moveTo(card.dataset.id, next.dataset.stage);
}

function walk(card, step) {
  focus(step > 0 ? card.nextElementSibling : card.previousElementSibling);
}

// To the card at the same height in the next column that has any.
function cross(card, step) {
  const all = columns();
  const here = all.indexOf(card.closest(".column"));
  const index = [...card.parentElement.children].indexOf(card);
  for (let at = here + step; all[at]; at += step) {
    const cards = all[at].querySelectorAll(".board-card");
    if (cards.length) return focus(cards[Math.min(index, cards.length - 1)]);
  }
}

function focusFirst() {
  focus(document.querySelector(".board-card"));
}

function focus(card) {
  card?.querySelector(".card-link").focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
