// The list pane: pages by scrolling, live rows, what to say when there are none.

import { get } from "./api.js";
import { admits, clearFilters, filterQuery, isFiltered } from "./filters.js";
import { first } from "./first.js";
import { glide } from "./glide.js";
import * as rows from "./rows.js";
import { opened } from "./selection.js";
import { on, tell } from "./signals.js";

const NEAR_END = 900; // px before the end at which the next page is asked for
const MOST_AT_ONCE = 100; // the API's limit
const IMPORTING = 2000; // ms between two looks at the first page while a sync brings conversations
const MANY = 500; // rows after which going back to the top starts over

const byId = (id) => document.getElementById(id);
const scroller = byId("list-scroll");

let cursor = first.listCursor;
let asking = null; // the request under way; an older one's answer is ignored
let waiting = []; // rows to merge together
let importing = null; // the timer of the next look
let lookedAt = 0;

export function startList() {
  rows.adopt(first.conversations);
  showState();
  markOpened();
  scroller.addEventListener("scroll", onScroll, { passive: true });
  byId("list-error").querySelector("button").addEventListener("click", () => load({ isFresh: rows.count() === 0 }));
  byId("list-empty").querySelector("button").addEventListener("click", clearFilters);
  on("conversation", enqueue);
  on("removed", (id) => {
    flush();
    rows.refuse(id);
    showState();
  });
  on("contact", rows.takeContact);
  on("filters", () => load({ isFresh: true, isNew: true }));
  on("caughtUp", () => byId("list-error").hidden || load({ isFresh: rows.count() === 0 }));
  on("reload", () => load({ isFresh: true }));
  on("imported", lookAtImported);
  on("selected", onSelected);
}

// Loads the next page, or the first one again in place; `isNew` shows that something else comes,
// `isImport` that nothing of what is shown goes away.
async function load({ isFresh = false, isNew = false, isImport = false }) {
  flush();
  const mine = (asking = {});
  rows.beginAsking();
  if (isNew) scroller.scrollTop = 0;
  if (!isImport) showState(isNew);
  const query = filterQuery();
  const limit = (isFresh && !isNew) || isImport ? Math.min(Math.max(rows.count(), 30), MOST_AT_ONCE) : 30;
  query.set("limit", limit);
  if (!isFresh && !isImport) query.set("cursor", cursor);
  try {
    const answer = await get("/api/conversations", query);
    if (asking !== mine) return;
    flush();
    asking = null;
    cursor = answer.nextCursor;
    rows.take(answer.items, { isFresh });
    rows.endAsking();
    markOpened();
    showState();
    onScroll();
  } catch (error) {
    if (asking === mine) asking = null;
    if (!isImport) showState(false, error);
    if (isFresh && error.isPassing) tell("stale");
  }
}

// A sync stores conversations without telling each: the first page shows those that belong there,
// scrolling finds the others. Nothing that is shown goes away, so nobody loses their place.
function lookAtImported() {
  importing ??= setTimeout(() => {
    importing = null;
    if (asking) return lookAtImported();
    lookedAt = Date.now();
    load({ isImport: true });
  }, Math.max(0, lookedAt + IMPORTING - Date.now())); // less than nothing could be days
}

function onScroll() {
  const rest = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  if (cursor && !asking && rest < NEAR_END && scroller.clientHeight) load({});
  else if (rows.count() > MANY && scroller.scrollTop === 0 && !asking) load({ isFresh: true });
}

// Under load many rows change at once: one layout for all of them.
function enqueue(row) {
  if (!waiting.length) setTimeout(flush, 16);
  waiting.push(row);
}

function flush() {
  const batch = waiting;
  waiting = [];
  if (!batch.length) return;
  glide(byId("rows"), scroller, () => {
    for (const row of batch) rows.merge(row, { isWhole: cursor === null, stays: opened.id });
  });
  markOpened();
  showState();
  onScroll();
}

function onSelected() {
  const left = scroller.querySelector('[aria-current="true"]')?.closest(".row")?.dataset.id;
  const shape = left && left !== opened.id && rows.shapeOf(left);
  if (shape && !admits(shape)) rows.drop(left);
  markOpened();
  showState();
}

function markOpened() {
  for (const link of scroller.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  rows.elementOf(opened.id)?.querySelector(".row-link")?.setAttribute("aria-current", "true");
}

function showState(isNew = false, error = null) {
  byId("rows").hidden = isNew;
  byId("list-loading").hidden = !(isNew || (asking && cursor));
  const isEmpty = !rows.count() && !asking && !error;
  if (!first.me.isAdmin) nameNothing(isEmpty && !isFiltered());
  byId("list-error").hidden = !error;
  if (error) byId("list-error").querySelector("p").textContent = error.message;
  byId("list-empty").hidden = !isEmpty;
  if (isEmpty) explainEmptiness(byId("list-empty"));
}

// There is nothing to choose for who has been given nothing.
function nameNothing(hasNone) {
  const title = byId("thread-none").querySelector("h3");
  title.textContent = hasNone ? "Nothing is assigned to you yet." : "Choose a conversation";
  title.nextElementSibling.hidden = hasNone;
}

function explainEmptiness(box) {
  const hasNoPages = box.dataset.pages === "0";
  const [title, text] = words(hasNoPages);
  box.querySelector("h3").textContent = title;
  box.querySelector("p").textContent = text;
  box.querySelector("button").hidden = !isFiltered();
  box.querySelector("button").textContent = "Clear filters";
  const connect = box.querySelector("a"); // only admins have it
  if (connect) connect.hidden = !hasNoPages || isFiltered();
}

function words(hasNoPages) {
  const query = filterQuery();
  if (query.has("q")) return ["Nobody by that name", "Names and Instagram user names are searched."];
  if (query.toString() === "assignee=me") return ["Nothing is assigned to you.", "Assign yourself a conversation from its head, and it appears here."];
  if (query.toString() === "unread=1") return ["All caught up", "There is nothing unread."];
  if (isFiltered()) return ["No conversations match", "Try fewer filters."];
  if (!first.me.isAdmin) return ["Nothing is assigned to you yet", "Conversations appear here as soon as somebody gives you one."];
  if (hasNoPages) return ["No Page is connected yet", "Once a Facebook Page is connected, its messages appear here by themselves."];
  return ["No conversations yet", "When somebody writes to your Page, they appear here at once."];
}
