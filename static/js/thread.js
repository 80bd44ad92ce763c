// The thread pane: opens a conversation and shows what arrives in it.

import { ApiError } from "./api.js";
import * as bubbles from "./bubbles.js";
import { arrange, renameDays } from "./days.js";
import { newArrival, resetJump, startJump } from "./jump.js";
import { kept } from "./kept.js";
import { showReadMarks } from "./marks.js";
import { askNewest, askOlderIfNear, forgetPages, isTooMuch, lookAtImported, showTop, takeLive, takeNewest } from "./pages.js";
import { beginReading, firstUnread, noteArrival, readSoon, startReading } from "./reading.js";
import * as scroll from "./scroll.js";
import { opened, setDetail } from "./selection.js";
import { showUnsent } from "./sending.js";
import { on, tell } from "./signals.js";
import { announce } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const RETRY = [2000, 5000, 10000, 30000]; // ms after a load that failed

let opening = null; // the last opening; answers to earlier ones are ignored
let failures = 0;
let retry = null;

export function startThread() {
  scroll.startScroll(() => {
    tell("scrolled");
    askOlderIfNear();
  });
  startJump();
  startReading();
  on("selected", open);
  on("message", ({ shape, isNew }) => shape.conversationId === opened.id && arrive(shape, isNew));
  on("conversation", ({ id }) => id === opened.id && !byId("thread-gone").hidden && open(id)); // given back
  on("removed", (id) => id === opened.id && showGone("This conversation is no longer yours", kept(`draft:${id}`) ? "Your draft is kept." : ""));
  on("reload", () => opened.id && refresh(readSoon, { isStale: true }));
  on("imported", lookAtImported);
  on("caughtUp", tryAgain);
  on("connection", (isConnected) => isConnected && tryAgain());
  on("arrange", () => {
    arrange(bubbles.all(), firstUnread());
    if (opened.detail) showReadMarks(opened.detail);
  });
  on("detail", showReadMarks);
  byId("thread-error").querySelector("button").addEventListener("click", () => open(opened.id));
  setInterval(() => renameDays(byId("messages")), 60_000);
  if (opened.id) {
    bubbles.adopt();
    settle();
    tell("detail", opened.detail);
  }
}

function open(id) {
  opening = {};
  failures = 0;
  clearTimeout(retry);
  byId("thread-none").hidden = Boolean(id);
  byId("thread").hidden = !id;
  byId("thread-gone").hidden = true;
  bubbles.clear();
  resetJump();
  forgetPages();
  if (!id) return;
  showLoading(true);
  refresh(settle);
}

// After a load that failed, behind its message, until one succeeds.
function tryAgain() {
  if (byId("thread-error").hidden || !opened.id) return;
  clearTimeout(retry);
  opening = {};
  refresh(settle);
}

// Fetches the conversation and its newest page: on opening, and in place when everything is stale.
async function refresh(then = readSoon, { isStale = false } = {}) {
  const { id } = opened;
  const mine = opening;
  try {
    const [detail, page] = await askNewest(id, { isStale });
    if (mine !== opening || id !== opened.id) return;
    takeNewest(page);
    setDetail(detail);
    showLoading(false);
    then();
  } catch (error) {
    if (mine === opening && id === opened.id) showFailure(error);
  }
}

// A thread has just been shown: to its first unread message, else to the newest.
function settle() {
  beginReading(opened.detail.unreadCount, bubbles.all());
  showUnsent();
  tell("arrange");
  scroll.toNewest();
  const unread = firstUnread();
  if (unread && unread.offsetTop < byId("thread-scroll").scrollTop) {
    scroll.toElement(unread.previousElementSibling ?? unread, { block: "start" });
  }
  showTop();
  readSoon();
  askOlderIfNear();
  tell("settled");
}

function arrive(shape, isNew) {
  scroll.withoutJump(() => {
    const merged = takeLive(shape);
    if (!merged) return;
    const isIncoming = merged.isNew && shape.direction === "INCOMING";
    if (isIncoming && isNew) {
      noteArrival(shape);
      announce(`New message: ${shape.content.slice(0, 200) || "a file"}`);
    }
    tell("arrange");
    if (isIncoming) newArrival();
  });
  readSoon();
  // A refusal may be the Page's: its connection is part of the conversation.
  if (isTooMuch() || (shape.delivery === "FAILED" && !isNew)) refresh();
}

function showLoading(isLoading) {
  byId("thread-loading").hidden = !isLoading;
  byId("thread-error").hidden = true;
}

function showFailure(error) {
  showLoading(false);
  const isGone = error instanceof ApiError && error.status === 404;
  if (isGone) return showGone("This conversation is not here", "It may be assigned to somebody else by now.");
  if (bubbles.count()) return error.isPassing && tell("stale"); // what is shown stays
  byId("thread-error").hidden = false;
  byId("thread-error").querySelector("p").textContent = error.message;
  retry = setTimeout(tryAgain, RETRY[Math.min(failures++, RETRY.length - 1)]);
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
