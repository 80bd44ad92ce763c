// Signing out leaves no drafts behind on a shared computer.

import { forgetEverything } from "./kept.js";

export function mount(form) {
  form.addEventListener("submit", forgetEverything);
}
