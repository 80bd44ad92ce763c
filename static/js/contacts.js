// The list of contacts: narrowed by the address, read page by page, kept fresh while it is shown.

import { get } from "./api.js";
import { rowsShown, startBulk } from "./contacts_bulk.js";
import { chooseAgain, clearFilters, filterQuery, isFiltered, startFilters } from "./contacts_filters.js";
import { startConnection } from "./connection.js";
import { start } from "./realtime.js";
import { on } from "./signals.js";
import { localize, startTimes } from "./times.js";

const NEAR_END = 900; // px before the end at which the next page is asked for
const MOST_AT_ONCE = 100; // the API's limit
const SETTLE = 1500; // ms: what changes at once is asked for once

const byId = (id) => document.getElementById(id);
const body = byId("contact-rows");
const { cursor: firstCursor } = JSON.parse(byId("first").textContent);

let cursor = firstCursor;
let asking = null; // the request under way; an older one's answer is ignored
let settling = null;
const painted = new WeakMap(); // row → the markup it came with

export function mount() {
  for (const row of rowsShown()) painted.set(row, row.outerHTML);
  startTimes();
  startConnection();
  startFilters(() => load({ isNew: true }));
  startBulk(() => load({ isFresh: true }));
  byId("contacts-scroll").addEventListener("scroll", onScroll, { passive: true });
  body.addEventListener("click", openRow);
  byId("contact-filters").addEventListener("click", openTags);
  byId("contacts-error").querySelector("button").addEventListener("click", () => load({ isFresh: true }));
  byId("contacts-empty").querySelector("button").addEventListener("click", clearFilters);
  for (const news of ["contact", "conversation", "removed", "imported"]) on(news, refreshSoon);
  on("caughtUp", refreshSoon);
  showState();
  countAll();
  start(null);
}

// A click anywhere in a row opens it; the link is what keyboards and new tabs use.
function openRow({ target, ctrlKey, metaKey, shiftKey }) {
  if (target.closest("a, label, input, button") || ctrlKey || metaKey || shiftKey || getSelection().toString()) return;
  target.closest("tr")?.querySelector(".contact-link").click();
}

// What was narrowed to may be gone, and then the list is another one.
async function openTags({ target }) {
  if (!target.closest("#manage-tags")) return;
  const { manageTags } = await import("./contacts_tags.js");
  manageTags((hasChanged) => {
    if (hasChanged && !chooseAgain()) load({ isFresh: true });
    byId("manage-tags").focus();
  });
}

function refreshSoon() {
  settling ??= setTimeout(() => {
    settling = null;
    if (document.hidden || asking) return refreshSoon();
    load({ isFresh: true });
  }, SETTLE * (1 + Math.random()));
}

// The next page; with `isFresh` what is shown once more, in place; with `isNew` something else.
async function load({ isFresh = false, isNew = false } = {}) {
  const mine = (asking = {});
  const query = filterQuery();
  const isFirst = isFresh || isNew;
  query.set("limit", isFresh ? Math.min(Math.max(rowsShown().length, 50), MOST_AT_ONCE) : 50);
  if (!isFirst && cursor) query.set("cursor", cursor);
  if (isNew) {
    cursor = null; // it was of another list, which a failure would go on with
    byId("contacts-scroll").scrollTop = 0;
  }
  showState({ isLoading: isNew || !isFirst });
  try {
    const answer = await get("/api/contacts", query);
    if (asking !== mine) return;
    asking = null;
    const isCut = isFresh && rowsShown().length > answer.items.length && answer.nextCursor;
    if (!isCut) cursor = answer.nextCursor;
    show(answer.items, { isFirst, keeps: isCut });
    showState();
    if (isFirst) countAll();
    onScroll();
  } catch (error) {
    if (asking !== mine) return;
    asking = null;
    if (isNew) body.replaceChildren(); // else the next try would keep rows of the list before
    showState({ error: isFresh && rowsShown().length ? null : error });
    if (isFresh) refreshSoon();
  }
}

// Rows that have not changed stay the elements they are, with their ticks and focus.
function show(items, { isFirst, keeps }) {
  const known = new Map(rowsShown().map((row) => [row.dataset.id, row]));
  const fresh = items.map((shape) => take(shape, known.get(shape.id)));
  if (!isFirst) return body.append(...fresh.filter((row) => !row.isConnected));
  const listed = new Set(items.map(({ id }) => id));
  const rest = keeps ? rowsShown().slice(items.length).filter((row) => !listed.has(row.dataset.id)) : [];
  const focus = focusedIn(document.activeElement);
  arrange([...fresh, ...rest]);
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
}

// Moved only where something else stands: what is taken out and put back loses the focus.
function arrange(rows) {
  const wanted = new Set(rows);
  for (const row of rowsShown()) if (!wanted.has(row)) row.remove();
  rows.forEach((row, place) => body.rows[place] !== row && body.insertBefore(row, body.rows[place] ?? null));
}

function focusedIn(element) {
  if (!body.contains(element)) return null;
  return `#${element.closest("tr").id} ${element.matches("a") ? ".contact-link" : "[data-choose]"}`;
}

function take({ html }, old) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  if (old && painted.get(old) === row.outerHTML) return old;
  painted.set(row, row.outerHTML);
  const box = old?.querySelector("[data-choose]");
  if (box) row.querySelector("[data-choose]").checked = box.checked;
  localize(row);
  return row;
}

function onScroll() {
  const { scrollHeight, scrollTop, clientHeight } = byId("contacts-scroll");
  if (cursor && !asking && scrollHeight - scrollTop - clientHeight < NEAR_END) load();
}

async function countAll() {
  try {
    const query = filterQuery();
    const { count } = await get("/api/contacts/count", query);
    if (query.toString() !== filterQuery().toString()) return;
    byId("contacts-total").textContent = count.toLocaleString();
    byId("contacts-total").dataset.count = count;
    dispatchEvent(new Event("inbox:counted"));
  } catch {
    byId("contacts-total").textContent = ""; // it comes with the next look
  }
}

function showState({ isLoading = false, error = null } = {}) {
  const isEmpty = !isLoading && !error && !rowsShown().length;
  byId("contacts-loading").hidden = !isLoading;
  byId("contacts-error").hidden = !error;
  if (error) byId("contacts-error").querySelector("p").textContent = error.message;
  byId("contacts-empty").hidden = !isEmpty;
  body.closest("table").hidden = Boolean(error) || isEmpty;
  if (!isEmpty) return;
  const [title, text] = isFiltered()
    ? ["Nobody matches", "Try fewer filters, or another spelling."]
    : ["No contacts yet", "Whoever writes to your Page becomes a contact."];
  byId("contacts-empty").querySelector("h3").textContent = title;
  byId("contacts-empty").querySelector("p").textContent = text;
  byId("contacts-empty").querySelector("button").hidden = !isFiltered();
}
