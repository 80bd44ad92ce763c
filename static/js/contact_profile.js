// The profile of a contact. The server paints it; whatever happens is a hint to paint it again.

import { get, post } from "./api.js";
import { ask } from "./confirm.js";
import { startConnection } from "./connection.js";
import { fetchMarkup, remember, replaceParts } from "./contact_refresh.js";
import { startParts } from "./contact_parts.js";
import { start } from "./realtime.js";
import { on } from "./signals.js";
import { localize, startTimes } from "./times.js";
import { toast } from "./toasts.js";

const SETTLE = 150; // ms: several hints at once are one
const TYPING = 250;

let root;
let waiting = null;

const id = () => root.dataset.contact;

export function mount(element) {
  root = element;
  startTimes();
  remember(root);
  startConnection();
  startParts(root, { idOf: id, refresh });
  root.addEventListener("click", onClick);
  root.addEventListener("input", onInput);
  on("contact", (contact) => {
    if (contact.id === id()) refreshSoon();
  });
  on("conversation", (row) => (row.contact.id === id() || shows(row.id)) && refreshSoon());
  on("removed", (key) => shows(key) && refreshSoon());
  on("caughtUp", refreshSoon);
  start(null);
}

// A merge, or taking one back, may have made it another contact's.
const shows = (key) => root.querySelector(`.thread-list a[href="/inbox/${key}"]`) !== null;

function refreshSoon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    refresh();
  }, SETTLE);
}

async function refresh(how) {
  try {
    const answer = await fetchMarkup(`/contacts/${id()}`);
    if (!answer) return location.reload(); // no longer ours: the page says so
    const { pathname } = new URL(answer.url);
    if (pathname !== `/contacts/${id()}`) return location.assign(pathname); // merged into another
    replaceParts(root, answer.page, how);
    root.querySelector("[data-no-activity]")?.remove();
    document.title = answer.page.title;
  } catch {
    refreshLater();
  }
}

function refreshLater() {
  setTimeout(refreshSoon, 5000);
}

function onClick({ target }) {
  const older = target.closest("[data-older]");
  if (older) showOlder(older);
  const undo = target.closest("[data-undo-merge]");
  if (undo) separate(undo.dataset.undoMerge);
}

// Their markup stands in no answer of the API: an earlier line is text and a time.
async function showOlder(button) {
  const query = new URLSearchParams({ cursor: button.dataset.older });
  button.disabled = true;
  try {
    const { items, nextCursor } = await get(`/api/contacts/${id()}/activities`, query);
    const list = root.querySelector(".timeline-older") ?? button.before(Object.assign(document.createElement("ol"), { className: "timeline timeline-older" })) ?? root.querySelector(".timeline-older");
    list.append(...items.map(line));
    localize(list);
    button.dataset.older = nextCursor ?? "";
    button.hidden = !nextCursor;
  } catch (error) {
    toast(error.message);
  }
  button.disabled = false;
}

function line({ title, user, createdAt }) {
  const item = document.createElement("li");
  const time = Object.assign(document.createElement("time"), { dateTime: createdAt });
  time.dataset.time = "relative";
  const by = document.createElement("p");
  by.className = "activity-by";
  by.append(`${user?.name ?? "Automatic"} · `, time);
  const text = Object.assign(document.createElement("p"), { textContent: title });
  const box = document.createElement("div");
  box.append(text, by);
  item.append(box);
  return item;
}

async function separate(mergeId) {
  const text = "Each gets back its own conversation, with all that was written since. What one took over from the other goes.";
  if (!(await ask({ title: "Separate these two again?", text, label: "Separate" }))) return;
  try {
    await post(`/api/contact-merges/${mergeId}/undo`);
    toast("They are two contacts again");
    await refresh({ isForced: true });
  } catch (error) {
    toast(error.message);
  }
}

let typing = null;

function onInput({ target }) {
  const form = target.closest("[data-merge-search]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => search(form, target.value.trim()), TYPING);
}

// Whoever this contact could be on the other platform.
async function search(form, q) {
  const found = root.querySelector("[data-merge-found]");
  if (!q) return found.replaceChildren();
  const { platform, page } = form.dataset;
  try {
    const { items } = await get("/api/contacts", new URLSearchParams({ q, platform, pageId: page, limit: 6 }));
    const others = items.filter((item) => item.id !== id() && item.platforms.length === 1);
    found.replaceChildren(...(others.length ? others.map(option) : [Object.assign(document.createElement("li"), { className: "none", textContent: "Nobody by that name" })]));
  } catch (error) {
    toast(error.message);
  }
}

function option({ id: other, name }) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { href: `/contacts/${id()}/merge?with=${other}`, textContent: name }));
  return item;
}
