// The thread pane: opens a conversation, merges what arrives, loads what is older.

import { ApiError, get } from "./api.js";
import * as bubbles from "./bubbles.js";
import { arrange, renameDays } from "./days.js";
import { first } from "./first.js";
import { newArrival, resetJump, startJump } from "./jump.js";
import { showReadMarks } from "./marks.js";
import { firstUnread, forgetUnread, noteArrival, readSoon, startReading, unreadOnOpening } from "./reading.js";
import * as scroll from "./scroll.js";
import { opened, setDetail } from "./selection.js";
import { showUnsent } from "./sending.js";
import { on, tell } from "./signals.js";

const PAGE = 30;
const MANY = 500; // bubbles after which being at the newest starts over
const NEAR_TOP = 800; // px

const byId = (id) => document.getElementById(id);
let older = first.threadCursor;
let isComplete = true; // false while the newest page is being asked for
let askingOlder = null;

export function startThread() {
  scroll.startScroll(onScroll);
  startJump();
  startReading();
  on("selected", open);
  on("message", ({ shape, isNew }) => shape.conversationId === opened.id && arrive(shape, isNew));
  on("reload", () => opened.id && refresh());
  on("conversation", ({ id }) => id === opened.id && !byId("thread-gone").hidden && open(id)); // given back
  on("removed", (id) => id === opened.id && showGone("No longer assigned to you", "Somebody else answers this conversation now."));
  on("detail", (detail) => showReadMarks(detail));
  on("arrange", rearrange);
  byId("thread-error").querySelector("button").addEventListener("click", () => open(opened.id));
  setInterval(() => renameDays(byId("messages")), 60_000);
  if (opened.id) {
    bubbles.adopt();
    settle();
    tell("detail", opened.detail);
  }
}

async function open(id) {
  byId("thread-none").hidden = Boolean(id);
  byId("thread").hidden = !id;
  byId("thread-gone").hidden = true;
  bubbles.clear();
  resetJump();
  forgetUnread();
  older = null;
  askingOlder = null;
  showTop();
  if (id) await refresh({ isOpening: true });
}

// Fetches the newest page and the conversation: on opening, and in place when everything is stale.
async function refresh({ isOpening = false } = {}) {
  const { id } = opened;
  isComplete = false;
  showLoading(isOpening);
  try {
    const [detail, page] = await Promise.all([
      get(`/api/conversations/${id}`),
      get(`/api/conversations/${id}/messages`, new URLSearchParams({ limit: PAGE })),
    ]);
    if (id !== opened.id) return;
    takeNewest(page, isOpening);
    setDetail(detail);
    showLoading(false);
    if (isOpening) settle();
    else readSoon();
  } catch (error) {
    if (id === opened.id) showFailure(error);
  }
}

function takeNewest({ items, nextCursor }, isOpening) {
  isComplete = true;
  scroll.withoutJump(() => {
    // Without a common message there would be a hole between what we have and the newest page.
    const overlaps = items.some(({ id }) => bubbles.elementOf(id));
    const isTooMuch = bubbles.count() > MANY && scroll.isAtNewest();
    if (!overlaps || isTooMuch) {
      bubbles.keepOnly(items);
      older = nextCursor;
    }
    if (isOpening) older = nextCursor;
    items.forEach(bubbles.merge);
    rearrange();
  });
  showTop();
}

// A thread has just been shown: to its first unread message, else to the newest.
function settle() {
  scroll.toNewest();
  unreadOnOpening(opened.detail?.unreadCount ?? 0, bubbles.all());
  showUnsent();
  rearrange();
  scroll.toNewest();
  const unread = firstUnread();
  if (unread && unread.offsetTop < byId("thread-scroll").scrollTop) scroll.toElement(unread.previousElementSibling ?? unread, { block: "start" });
  showTop();
  readSoon({ isOpening: true });
  onScroll();
}

function arrive(shape, isNew) {
  scroll.withoutJump(() => {
    const merged = bubbles.merge(shape);
    if (!merged) return;
    if (merged.isNew && isNew && shape.direction === "INCOMING") noteArrival(shape);
    rearrange();
    if (merged.isNew) newArrival(shape);
  });
  if (opened.detail) showReadMarks(opened.detail);
  readSoon();
  if (bubbles.count() > MANY && scroll.isAtNewest() && isComplete) refresh();
}

function rearrange() {
  arrange(bubbles.all(), firstUnread());
}

function onScroll() {
  tell("scrolled");
  if (older && !askingOlder && isComplete && scroll.distanceFromTop() < NEAR_TOP) loadOlder();
}

async function loadOlder() {
  const { id } = opened;
  const mine = (askingOlder = {});
  showTop();
  try {
    const page = await get(`/api/conversations/${id}/messages`, new URLSearchParams({ before: older, limit: PAGE }));
    if (askingOlder !== mine) return;
    older = page.nextCursor;
    scroll.withoutJump(() => {
      page.items.forEach(bubbles.merge);
      rearrange();
    });
    askingOlder = null;
    if (opened.detail) showReadMarks(opened.detail);
  } catch {
    if (askingOlder === mine) setTimeout(() => askingOlder === mine && (askingOlder = null), 3000);
  }
  showTop();
  if (!scroll.isFilled()) onScroll();
}

function showTop() {
  const top = byId("thread-top");
  top.querySelector(".thread-begin").hidden = Boolean(older) || !bubbles.count();
  top.querySelector(".spinner-border").hidden = !older || !askingOlder;
}

function showLoading(isLoading) {
  byId("thread-loading").hidden = !isLoading;
  byId("thread-error").hidden = true;
}

function showFailure(error) {
  showLoading(false);
  isComplete = true;
  const isGone = error instanceof ApiError && error.status === 404;
  if (isGone) return showGone("This conversation is not here", "It may be assigned to somebody else by now.");
  if (bubbles.count()) return; // what is shown stays; catching up will try again
  byId("thread-error").hidden = false;
  byId("thread-error").querySelector("p").textContent = error.message;
}

function showGone(title, text) {
  const box = byId("thread-gone");
  box.querySelector("h3").textContent = title;
  box.querySelector("p").textContent = text;
  box.hidden = false;
  byId("thread").hidden = true;
  opened.detail = null;
  tell("gone");
}
