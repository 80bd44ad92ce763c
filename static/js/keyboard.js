// j/k and arrows walk the list, Enter opens, Esc goes back, / searches, r replies.

import { focusComposer } from "./composer.js";
import { closeContact } from "./contact.js";
import { opened, select } from "./selection.js";

const byId = (id) => document.getElementById(id);
const links = () => [...byId("rows").querySelectorAll(".row-link")];

export function startKeyboard() {
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open], .dropdown-menu.show")) return;
  if (event.key === "Escape") return goBack(event);
  if (event.target.closest("input, textarea, select")) return walkFromSearch(event);
  const isInList = event.target.closest("#list-pane") || event.target === document.body;
  const act = {
    "/": () => byId("search").select(),
    r: focusComposer,
    j: () => walk(1),
    k: () => walk(-1),
    ArrowDown: isInList && (() => walk(1)),
    ArrowUp: isInList && (() => walk(-1)),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// One step along the rows, from where the focus is, or else from the open one.
function walk(step) {
  const all = links();
  const here = all.indexOf(document.activeElement);
  const open = all.findIndex((link) => link.hasAttribute("aria-current"));
  const next = here >= 0 ? here + step : open >= 0 ? open + step : 0;
  const link = all[Math.max(0, Math.min(next, all.length - 1))];
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

function walkFromSearch(event) {
  if (event.target.id !== "search" || event.key !== "ArrowDown") return;
  event.preventDefault();
  links()[0]?.focus();
}

// From the composer to the thread, from the thread to its row, and closed.
function goBack(event) {
  const { target } = event;
  if (closeContact()) return;
  if (target.id === "search" && target.value) {
    target.value = "";
    target.dispatchEvent(new Event("input"));
  } else if (target.closest("#composer")) byId("thread-scroll").focus();
  else if (opened.id) {
    const row = byId(`c-${opened.id}`)?.querySelector(".row-link");
    select(null);
    row?.focus();
  }
}
