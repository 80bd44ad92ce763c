// A page that others change too: what is heard is a hint, the page is asked for again as a whole.

import { writesSoFar } from "./api.js";
import { fetchMarkup } from "./contact_refresh.js";
import { start } from "./realtime.js";
import { on } from "./signals.js";
import { theSocket } from "./socket.js";

const SETTLE = 600; // ms: what changes at once is asked for once

// Gives `take` the page as it is now after each of these signals, and after a reconnect; `events` are
// the socket's that nobody else listens to. Not while nobody looks; again, where it answers false.
// Returns what asks for the page anew.
export function follow({ signals, events = [] }, take) {
  let waiting = null;
  const soon = () => void (waiting ??= setTimeout(look, SETTLE * (1 + Math.random())));
  async function look() {
    waiting = null;
    if (document.hidden) return addEventListener("visibilitychange", soon, { once: true });
    const before = writesSoFar();
    const fresh = await fetchMarkup(location.href).catch(() => null); // the next signal asks again
    if (before !== writesSoFar()) return soon(); // it may not know yet what one has just done
    if (fresh && take(fresh.page) === false) soon();
  }
  for (const signal of [...signals, "caughtUp"]) on(signal, soon);
  for (const event of events) theSocket().on(event, soon);
  start(null);
  return soon;
}

// What has the focus, to be found again in markup that takes the place of this: by the thing that it
// belongs to (`keys` are the data attributes that name one), and its place there.
export function rememberFocus(root, keys) {
  const focused = document.activeElement;
  if (!root.contains(focused)) return () => {};
  const all = (within) => [...within.querySelectorAll("a, button, input, select, textarea")];
  const owner = focused.closest(keys.map((key) => `[data-${key}]`).join());
  const key = keys.find((name) => owner?.dataset[name]);
  const place = all(owner ?? root).indexOf(focused);
  return () => {
    const now = key ? root.querySelector(`[data-${key}="${owner.dataset[key]}"]`) : root;
    (now && all(now)[place])?.focus({ preventScroll: true });
  };
}
