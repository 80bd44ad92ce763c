// What others decide, and what the AI proposes meanwhile, comes and goes in place. Rows that say the
// same stay the elements they are, with whatever somebody is choosing in them.

import { follow, rememberFocus } from "./fresh_page.js";
import { mount as localize } from "./local_time.js";

let root;

export function startLive(element) {
  root = element;
  follow({ signals: ["contact", "pipeline", "reload"], events: ["ai_run_progress"] }, (page) => {
    if (document.querySelector("dialog[open]")) return false; // it asks about what is on screen
    take(page.querySelector("[data-module='review']"));
  });
}

function take(fresh) {
  takeMoves(fresh);
  for (const selector of [".review-all", ".review-more", ".review-runs"]) takePart(selector, fresh);
  root.querySelector("#moves-none").hidden = root.querySelector(".review-move") !== null;
}

function takeMoves(fresh) {
  const giveFocus = rememberFocus(root, ["move"]);
  const known = new Map([...root.querySelectorAll(".review-move")].map((row) => [row.dataset.move, row]));
  const rows = [...fresh.querySelectorAll(".review-move")].map((row) => {
    const old = known.get(row.dataset.move);
    known.delete(row.dataset.move);
    if (old && (isHeld(old) || told(old) === told(row))) return old;
    old?.remove();
    return document.adoptNode(row);
  });
  const focused = document.activeElement?.closest(".review-move");
  for (const gone of known.values()) if (!isHeld(gone)) letGo(gone, gone === focused);
  const list = root.querySelector("#moves");
  rows.forEach((row, place) => list.children[place] !== row && list.insertBefore(row, list.children[place] ?? null));
  if (document.activeElement === document.body) giveFocus();
}

// Somebody else was first. The focus goes on to the next one.
function letGo(row, hasFocus) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (hasFocus) next?.querySelector("[data-decide='accept']").focus();
}

// What is being decided here, or could not be, is settled by its own answer.
const isHeld = (row) => row.hasAttribute("aria-busy") || !row.querySelector(".stage-fault").hidden;
const told = (row) => row.textContent.replace(/\s+/g, " ");

function takePart(selector, fresh) {
  const [old, now] = [root, fresh].map((page) => page.querySelector(selector));
  if (old?.matches("[aria-busy]") || old?.querySelector(":disabled")) return;
  for (const time of now?.querySelectorAll("time") ?? []) localize(time);
  if (old && now && told(old) === told(now) && old.dataset.through === now.dataset.through) return;
  const giveFocus = rememberFocus(root, ["run", "all"]);
  if (old && now) old.replaceWith(now);
  else if (old) old.remove();
  else if (now) place(selector, now);
  giveFocus();
}

// A part that was not there before.
function place(selector, part) {
  if (selector === ".review-all") root.querySelector(".review-head").append(part);
  else if (selector === ".review-more") root.querySelector("#moves-none").after(part);
  else root.append(part);
}
