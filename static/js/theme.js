// The theme choice in the user's menu. theme_early.js paints it.

import { keep, kept } from "./kept.js";

export function mount(group) {
  const buttons = [...group.querySelectorAll("[data-theme-choice]")];
  const show = () => {
    const choice = kept("theme") || "auto";
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    event.stopPropagation(); // the menu stays open, so that one sees the change
    keep("theme", button.dataset.themeChoice);
    dispatchEvent(new Event("inbox:theme"));
    show();
  });
  show();
}
