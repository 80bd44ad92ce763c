// The unread total: in the tab's title, on the rail, on the views.

import { get } from "./api.js";
import { shapeOf } from "./rows.js";
import { on } from "./signals.js";

const SOON = 1500; // ms; what one sees should follow at once
const LATER = 12_000; // ms, spread: changes of rows that this browser has not loaded
const FRESH = 3000; // ms after an answer in which an event may tell what it has counted already

let counts = null;
let asking = null;
let askAt = Infinity;
let isUnderWay = false;
let answeredAt = -Infinity;
let checkedAt = -Infinity;

export function startTitles() {
  ask(0);
  on("conversation", noteChange);
  on("removed", () => ask(SOON));
  on("reload", () => ask(0));
}

// Registered before the list, so that the row it knows is still the one before this change.
function noteChange(row) {
  const before = shapeOf(row.id);
  if (before && row.version <= before.version) return;
  const isSameHolder = before && (before.assignee?.id ?? null) === (row.assignee?.id ?? null);
  if (isSameHolder && counts) {
    const more = Number(row.unreadCount > 0) - Number(before.unreadCount > 0);
    counts.unread += more;
    show();
    ask(more && mayBeCountedTwice() ? SOON : LATER * (1 + Math.random()));
  } else ask(before ? SOON : SOON + Math.random() * SOON);
}

// An answer and an event that cross each other: then the server is asked once more, and not each time.
function mayBeCountedTwice() {
  const now = Date.now();
  if (now - checkedAt < LATER || !(isUnderWay || now - answeredAt < FRESH)) return false;
  checkedAt = now;
  return true;
}

// The server counts; several wishes become one request.
function ask(delay) {
  const at = Date.now() + delay;
  if (at >= askAt) return;
  askAt = at;
  clearTimeout(asking);
  asking = setTimeout(async () => {
    askAt = Infinity;
    isUnderWay = true;
    try {
      counts = await get("/api/counts");
      answeredAt = Date.now();
      show();
    } catch {
      ask(LATER);
    } finally {
      isUnderWay = false;
    }
  }, delay);
}

function show() {
  const unread = Math.max(0, counts.unread);
  document.title = unread ? `(${capped(unread)}) Inbox` : "Inbox";
  for (const badge of document.querySelectorAll("[data-unread-total]")) {
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : unread;
  }
  for (const place of document.querySelectorAll("[data-view] [data-count]")) {
    const count = counts[place.dataset.count];
    place.textContent = count > 0 ? capped(count) : "";
  }
}

function capped(count) {
  return count > 999 ? "999+" : count;
}
