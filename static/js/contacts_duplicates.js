// Pairs side by side: merged, or told apart; the last thing done can be taken back.

import { get, post } from "./api.js";
import { startTimes } from "./times.js";
import { toast } from "./toasts.js";

const LOOKS = 20; // times, a second apart, that a worker may take

export function mount(root) {
  startTimes();
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    merge(root, event.target);
  });
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.matches("[data-dismiss]")) dismiss(root, button.form);
    if (button?.matches("[data-look]")) look(button);
    if (button?.matches("[data-undo]")) undo(button);
  });
}

async function merge(root, pair) {
  const { kept, merged } = pair.dataset;
  const take = [...new FormData(pair).values()].filter(Boolean);
  await act(pair, async () => {
    const { mergeId, contact } = await post(`/api/contacts/${kept}/merge`, { contactId: merged, take });
    pair.replaceWith(outcome(contact, mergeId));
    toast(`${contact.name} is one contact now`);
  });
  showNone(root);
}

function outcome({ id, name }, mergeId) {
  const box = document.createElement("div");
  box.className = "card pair pair-done";
  const text = document.createElement("p");
  text.append(Object.assign(document.createElement("a"), { href: `/contacts/${id}`, textContent: name }), " is one contact now. ");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: "Undo" });
  button.dataset.undo = mergeId;
  box.append(text, button);
  queueMicrotask(() => button.focus());
  return box;
}

async function undo(button) {
  button.disabled = true;
  try {
    await post(`/api/contact-merges/${button.dataset.undo}/undo`);
    button.closest(".pair").querySelector("p").textContent = "They are two contacts again.";
    button.remove();
  } catch (error) {
    button.disabled = false;
    toast(error.message);
  }
}

async function dismiss(root, pair) {
  await act(pair, async () => {
    await post(`/api/merge-suggestions/${pair.dataset.pair}/dismiss`);
    pair.remove();
  });
  showNone(root);
}

async function act(pair, work) {
  const place = pair.querySelector(".field-error");
  const buttons = pair.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } catch (error) {
    place.textContent = Object.values(error.fields ?? {})[0] ?? error.message;
    place.hidden = false;
    for (const button of buttons) button.disabled = false;
  }
}

function showNone(root) {
  root.querySelector("[data-none]").hidden = Boolean(root.querySelector(".pair"));
}

// A worker looks; what it finds is seen by asking.
async function look(button) {
  const known = await ids();
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    await post("/api/merge-suggestions/look");
    for (let n = 0; n < LOOKS; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if ((await ids()) !== known) return location.reload();
    }
    toast("Nothing new was found");
  } catch (error) {
    toast(error.message);
  }
  button.removeAttribute("aria-busy");
  button.disabled = false;
}

async function ids() {
  const { items } = await get("/api/merge-suggestions");
  return items.map(({ id }) => id).join();
}
