// What another admin changes in Settings → Pipelines comes in place; where somebody is in the middle of
// something, it waits, and a bar says so.

import { writesSoFar } from "./api.js";
import { follow, rememberFocus } from "./fresh_page.js";

const AGAIN = 400; // ms between two looks whether they are done
const MOVING = ".is-carried, .is-sorting"; // stages that are being put in order

let root;
let paint;
let waiting = null; // the page that is to be shown as soon as it may
let readAfter = 0; // as many changes of one's own
let askAnew;

export function startLive(element, paintLists) {
  root = element;
  paint = paintLists;
  root.querySelector("[data-reload]").addEventListener("click", () => location.reload());
  askAnew = follow({ signals: ["pipeline", "reload"] }, (page) => {
    waiting = page.querySelector("[data-module='pipelines']");
    readAfter = writesSoFar();
    show();
  });
}

function show() {
  if (!waiting) return;
  if (readAfter !== writesSoFar()) return forget(); // it may not know what one has done since
  if (root.querySelector(MOVING)) return void setTimeout(show, AGAIN); // no bar may push the rows away
  const isOld = told(waiting) !== told(root);
  const isHeld = isOld && isBusy();
  root.querySelector(".page-news").hidden = !isHeld;
  if (isHeld) return void setTimeout(show, AGAIN);
  if (isOld) replace(waiting);
  waiting = null;
}

function forget() {
  waiting = null;
  root.querySelector(".page-news").hidden = true;
  askAnew();
}

function replace(fresh) {
  const giveFocus = rememberFocus(root, ["stage", "pipeline"]);
  const bar = root.querySelector(".page-news"); // it has a listener, and stays the element it is
  const parts = [...fresh.children].map((part) => (part.matches(".page-news") ? bar : document.adoptNode(part)));
  root.replaceChildren(...parts);
  paint();
  giveFocus();
}

// What the page says, whatever is typed in it and however it is unfolded.
function told(page) {
  const pipelines = [...page.querySelectorAll(".pipeline")].map((section) => [
    section.dataset.pipeline,
    section.querySelector("h2").textContent.trim(),
    ...[...section.querySelectorAll(".stage-row")].map((row) => [
      row.dataset.stage,
      row.querySelector("[name=colour]").defaultValue,
      row.querySelector(".settings-row-text").textContent.trim(),
    ]),
  ]);
  return JSON.stringify(pipelines);
}

function isBusy() {
  const fields = [...root.querySelectorAll("input, textarea")].filter((field) => field.checkVisibility());
  const isTyped = fields.some((field) => field.value !== field.defaultValue);
  return isTyped || root.querySelector(".stage-form:not([hidden]), dialog[open], [aria-busy], .dropdown-menu.show") !== null;
}
