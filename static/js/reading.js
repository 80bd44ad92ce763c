// What the team has read: an open thread in a visible tab. Also where "new messages" begin.

import { post } from "./api.js";
import { elementOf } from "./bubbles.js";
import * as scroll from "./scroll.js";
import { opened } from "./selection.js";
import { on, tell } from "./signals.js";

const AGAIN = 250; // ms

let unread = null; // the id of the first message below the "new messages" line
let posting = false;

export function startReading() {
  document.addEventListener("visibilitychange", () => readSoon());
  on("scrolled", () => readSoon());
  on("detail", () => readSoon());
  on("caughtUp", () => readSoon());
}

export const firstUnread = () => elementOf(unread) ?? null;

export function forgetUnread() {
  unread = null;
}

// The newest `count` incoming bubbles were unread when the thread was opened.
export function unreadOnOpening(count, bubbles) {
  const incoming = bubbles.filter((bubble) => bubble.dataset.direction === "INCOMING");
  unread = count ? ((incoming.at(-count) ?? incoming[0])?.dataset.id ?? null) : null;
}

// A message that came while nobody looked begins a new line; the line moves on once it was read.
export function noteArrival({ id }) {
  const isSeen = !document.hidden && scroll.isAtNewest();
  if (!isSeen && (!firstUnread() || !opened.detail?.unreadCount)) unread = id;
}

// Tells the server, if there is anything unread and somebody is looking at it.
export async function readSoon({ isOpening = false } = {}) {
  const { id, detail } = opened;
  if (posting || !detail?.unreadCount || document.hidden || !(isOpening || scroll.isAtNewest())) return;
  posting = true;
  try {
    const row = await post(`/api/conversations/${id}/read`);
    tell("conversation", row);
  } catch {
    return; // the next scroll, message or catch-up tries again
  } finally {
    posting = false;
  }
  if (id !== opened.id || opened.detail?.unreadCount) setTimeout(readSoon, AGAIN); // more came
}
