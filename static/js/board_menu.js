// The menu of a card: every stage, pinning, and off the board. It is how fingers, keyboards and screen
// readers move a card.

import { cardOf } from "./board_cards.js";
import { moveTo, nameIn, pin } from "./board_moving.js";

const menu = () => document.getElementById("move-menu");
let asked = null; // the id of the card that it is about

export function startMenu(board) {
  board.addEventListener("click", ({ target }) => {
    const button = target.closest(".card-menu");
    if (button) openMenu(button.closest(".board-card"));
  });
  menu().addEventListener("close", chosen);
  menu().addEventListener("click", ({ target }) => target === menu() && menu().close(""));
}

export function openMenu(card) {
  asked = card.dataset.id;
  document.getElementById("move-title").textContent = `Move ${nameIn(card)} to`;
  for (const choice of menu().querySelectorAll(".move-choice")) {
    choice.toggleAttribute("aria-current", choice.value === card.dataset.stage);
  }
  const isPinned = "pinned" in card.dataset;
  menu().querySelector('[value="pin"] span').textContent = isPinned ? "Unpin: AI may move it again" : "Pin: AI leaves it here";
  menu().returnValue = "";
  menu().showModal();
  (menu().querySelector("[aria-current]") ?? menu().querySelector(".move-choice")).focus();
}

function chosen() {
  const card = cardOf(asked);
  const value = menu().returnValue;
  card?.querySelector(".card-link").focus({ preventScroll: true });
  if (!card || !value) return;
  if (value === "pin") pin(asked, !("pinned" in card.dataset));
  else moveTo(asked, value === "off" ? null : value);
}
