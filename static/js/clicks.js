// What can be pressed inside rows and bubbles.

import { showMessage } from "./found.js";
import { select } from "./selection.js";

const byId = (id) => document.getElementById(id);

export function startClicks() {
  byId("rows").addEventListener("click", openRow);
  byId("messages").addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    ACTIONS[button?.dataset.action]?.(button, event);
  });
  byId("lightbox").addEventListener("click", ({ target, currentTarget }) => target === currentTarget && currentTarget.close());
  // A picture that does not load shows what is below it, not a broken frame.
  document.addEventListener("error", ({ target }) => target.matches?.(".avatar-initials img") && target.remove(), true);
}

const ACTIONS = {
  enlarge: (button) => {
    const { src, alt } = button.querySelector("img");
    Object.assign(byId("lightbox").querySelector("img"), { src, alt });
    byId("lightbox").showModal();
  },
  expand: (button) => {
    button.previousElementSibling.classList.remove("is-long");
    button.remove();
  },
  jump: (link, event) => {
    event.preventDefault();
    showMessage(link.dataset.target);
  },
};

function openRow(event) {
  const link = event.target.closest(".row-link");
  // A new tab is the browser's business.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  select(link.closest(".row").dataset.id);
  if (event.detail === 0) byId("thread-name").focus(); // by keyboard: go where it opened
}
