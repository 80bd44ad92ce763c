// The unread total: in the tab's title, on the rail, on the views.

import { get } from "./api.js";
import { shapeOf } from "./rows.js";
import { on } from "./signals.js";

const SOON = 1500; // ms; what one sees should follow at once
const LATER = 12_000; // ms, spread: changes of rows that this browser has not loaded

let counts = null;
let asking = null;
let askAt = Infinity;

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
    counts.unread += Number(row.unreadCount > 0) - Number(before.unreadCount > 0);
    show();
    ask(LATER * (1 + Math.random()));
  } else ask(before ? SOON : SOON + Math.random() * SOON);
}

// The server counts; several wishes become one request.
function ask(delay) {
  const at = Date.now() + delay;
  if (at >= askAt) return;
  askAt = at;
  clearTimeout(asking);
  asking = setTimeout(async () => {
    askAt = Infinity;
    try {
      counts = await get("/api/counts");
      show();
    } catch {
      ask(LATER);
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
