// The review queue: one by one, or all at once.

import { post } from "./api.js";
import { ask } from "./confirm.js";
import { startLive } from "./review_live.js";
import { toast } from "./toasts.js";

let root;

export function mount(element) {
  root = element;
  root.addEventListener("click", ({ target, detail }) => {
    const button = target.closest("button");
    if (!button || detail > 1) return; // the second click of two would meet the next row
    const { decide: verb, all } = button.dataset;
    if (verb) decide(button.closest(".review-move"), verb);
    else if (all) decideAll(button.closest(".review-all"), all);
    else if ("undo" in button.dataset) undo(button.closest("[data-run]"), button);
  });
  startLive(root);
  root.addEventListener("change", ({ target }) => {
    if (target.matches("[data-change]") && target.value) decide(target.closest(".review-move"), "change", { stageId: target.value });
  });
}

const DONE = { accept: "accepted", reject: "rejected", change: "moved" };

async function decide(row, verb, body = {}) {
  if (row.getAttribute("aria-busy")) return;
  row.setAttribute("aria-busy", "true");
  try {
    const { waiting } = await post(`/api/stage-moves/${row.dataset.move}/${verb}`, body);
    toast(`${row.dataset.name}: ${DONE[verb]}`);
    leave(row, waiting);
  } catch (error) {
    row.removeAttribute("aria-busy");
    const place = row.querySelector(".stage-fault");
    place.hidden = false;
    place.textContent = Object.values(error.fields ?? {})[0] ?? error.message;
  }
}

// The focus goes on to the same button of the next one.
function leave(row, waiting) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (next) next.querySelector("[data-decide='accept']").focus();
  else if (waiting) return location.reload();
  showLeft(waiting);
}

function showLeft(waiting) {
  const box = root.querySelector(".review-all");
  if (box) {
    box.dataset.waiting = waiting; // which the question about all of them names
    box.querySelector(".row-badge").textContent = waiting < 1000 ? waiting : "999+";
  }
  if (waiting) return;
  root.querySelector("#moves-none").hidden = false;
  root.querySelector(".review-all")?.remove();
}

async function decideAll(box, verb) {
  const { through: throughId, waiting } = box.dataset;
  const number = Number(waiting) < 1000 ? waiting : "more than 999";
  const moves = waiting === "1" ? "1 move" : `${number} moves`;
  const question = verb === "accept"
    ? { title: `Accept ${moves}?`, text: "Each contact goes to the stage that the AI proposes.", label: "Accept all", tone: "primary" }
    : { title: `Reject ${moves}?`, text: "Each contact stays where it is.", label: "Reject all" };
  if (!(await ask(question))) return;
  box.setAttribute("aria-busy", "true");
  try {
    let decided;
    do ({ decided } = await post(`/api/stage-moves/${verb}-all`, { throughId }));
    while (decided);
    location.reload();
  } catch (error) {
    box.removeAttribute("aria-busy");
    toast(error.message);
  }
}

async function undo(row, button) {
  const title = `Put ${Number(row.dataset.moved).toLocaleString("en-GB")} contacts back?`;
  const text = "Each goes back to where it stood before, except those that were moved since or are pinned.";
  if (!(await ask({ title, text, label: "Undo" }))) return;
  button.disabled = true;
  try {
    let answer;
    let contacts = 0;
    do {
      answer = await post(`/api/ai-runs/${row.dataset.run}/undo`);
      contacts += answer.contacts;
    } while (!answer.isDone);
    button.replaceWith(Object.assign(document.createElement("span"), { className: "review-undone", textContent: "Undone" }));
    toast(contacts === 1 ? "1 contact is back" : `${contacts.toLocaleString("en-GB")} contacts are back`);
  } catch (error) {
    button.disabled = false;
    toast(error.message);
  }
}
