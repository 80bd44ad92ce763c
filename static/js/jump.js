// The pill that leads back to the newest message, with how many came meanwhile.

import * as scroll from "./scroll.js";
import { on } from "./signals.js";

const pill = document.getElementById("jump");
let missed = 0;

export function startJump() {
  pill.addEventListener("click", () => scroll.toNewest({ smoothly: true }));
  on("scrolled", show);
}

export function resetJump() {
  missed = 0;
  pill.hidden = true;
}

export function newArrival() {
  if (!scroll.isAtNewest()) missed += 1;
  show();
}

function show() {
  if (scroll.isAtNewest()) missed = 0;
  pill.hidden = scroll.isAtNewest();
  pill.querySelector("span").textContent = missed ? `${missed} new` : "";
  pill.setAttribute("aria-label", missed ? `Jump to newest, ${missed} new` : "Jump to newest");
}
