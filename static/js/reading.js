// What the team has read: an open thread in a visible tab. Also where "new messages" begin.

import { post } from "./api.js";
import { elementOf } from "./bubbles.js";
import { unlessLive } from "./realtime.js";
import * as scroll from "./scroll.js";
import { opened } from "./selection.js";
import { on } from "./signals.js";

let unread = null; // the id of the first message below the "new messages" line
let above = 0; // how many that were unread stand before what is loaded
let hasOpened = false; // opening reads what was unread then, wherever the scroll stands
let posting = false;
let told = 0; // the version of the conversation that the server has been told is read

export function startReading() {
  on("selected", () => {
    unread = null;
    above = 0;
    hasOpened = false;
    told = 0;
  });
  document.addEventListener("visibilitychange", readSoon);
  for (const moment of ["scrolled", "detail", "caughtUp"]) on(moment, () => readSoon());
}

export const firstUnread = () => elementOf(unread) ?? null;

// A thread has been opened; its newest `count` incoming bubbles were unread.
export function beginReading(count, bubbles) {
  unread = null;
  above = count;
  lineGoesUp(bubbles);
  hasOpened = count > 0;
}

// Older bubbles have come before ours: the line goes up as far as they were unread, too.
export function lineGoesUp(bubbles) {
  if (!above) return;
  const incoming = bubbles.filter(({ dataset }) => dataset.direction === "INCOMING" && dataset.id);
  const place = unread ? incoming.findIndex(({ dataset }) => dataset.id === unread) : incoming.length;
  if (place < 1) return;
  unread = incoming[Math.max(0, place - above)].dataset.id;
  above = Math.max(0, above - place);
}

// A message that came while nobody looked begins a new line; the line moves on once it was read.
export function noteArrival({ id }) {
  const isSeen = !document.hidden && scroll.isAtNewest();
  if (!isSeen && (!firstUnread() || !opened.detail?.unreadCount)) {
    unread = id;
    above = 0;
  }
}

// Tells the server, if there is anything unread and somebody is looking at it. That it is read then
// comes back as an event, to everybody.
export async function readSoon() {
  const { id, detail } = opened;
  const isLookedAt = !document.hidden && (hasOpened || scroll.isAtNewest());
  if (posting || !isLookedAt || !detail?.unreadCount || detail.version <= told) return;
  posting = true;
  told = detail.version;
  try {
    await post(`/api/conversations/${id}/read`);
    unlessLive();
    if (id === opened.id) hasOpened = false;
  } catch {
    if (id === opened.id) told = 0; // the next scroll, message or catch-up tries again
  } finally {
    posting = false;
  }
  if (opened.detail?.version > told) readSoon(); // more came, or another was opened
}
