// The bell: how much is unread, and the list behind it. The database is the truth here too: whenever
// the socket (re)connects, and whenever the list is opened, it is asked.

import { get, post } from "./api.js";
import { theSocket } from "./socket.js";
import { fullTime, relative } from "./times.js";
import { toast } from "./toasts.js";

const EMPTY = "Nothing to report. Problems with your Pages will show up here.";
const MOST_SHOWN = 9; // "9+" on the bell

let root;
let part;
let earlier = null; // the cursor of older ones

export function mount(element) {
  root = element;
  part = (name) => root.querySelector(`[data-${name}]`);
  const socket = theSocket();
  socket.on("notification", heard);
  socket.on("connect", connected);
  socket.on("disconnect", () => delete root.dataset.live);
  socket.on("connect_error", ({ message }) => message === "unauthorized" && check());
  socket.connected ? connected() : check();
  part("bell").addEventListener("click", () => (isOpen() ? close() : open()));
  part("close").addEventListener("click", () => close());
  part("more").addEventListener("click", more);
  document.addEventListener("click", ({ target }) => isOpen() && !root.contains(target) && close(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    close();
  }, true);
}

const panel = () => document.getElementById("bell-panel");
const isOpen = () => !panel().hidden;

function connected() {
  root.dataset.live = "true";
  check();
}

async function check() {
  try {
    count((await get("/api/notifications", "limit=1")).unreadCount);
  } catch (error) {
    if (error.status === 403) root.hidden = true; // an admin no longer
  }
  if (isOpen()) load();
}

function heard({ notification, unreadCount }) {
  count(unreadCount);
  if (!notification) return;
  if (isOpen()) load();
  else toast(notification.title);
}

function open() {
  panel().hidden = false;
  part("bell").setAttribute("aria-expanded", "true");
  panel().focus();
  load();
}

function close(giveFocusBack = true) {
  panel().hidden = true;
  part("bell").setAttribute("aria-expanded", "false");
  if (giveFocusBack) part("bell").focus();
}

// The newest ones. Seen is seen; what was new keeps its mark until the list is opened again.
async function load() {
  const answer = await ask();
  if (!answer) return;
  part("list").replaceChildren();
  show(answer);
  const [first] = answer.items;
  note(first ? "" : EMPTY);
  if (!first || !answer.unreadCount) return;
  try {
    count((await post("/api/notifications/read", { upToId: first.id })).unreadCount);
  } catch {
    // They stay unread, and the next look tries again.
  }
}

async function more() {
  const answer = await ask(earlier);
  if (answer) show(answer);
}

async function ask(cursor = null) {
  try {
    return await get("/api/notifications", new URLSearchParams(cursor ? { cursor } : {}));
  } catch (error) {
    note(error.message);
    return null;
  }
}

function show({ items, nextCursor }) {
  part("list").append(...items.map(line));
  earlier = nextCursor;
  part("more").hidden = !nextCursor;
}

function line({ title, text, link, isRead, createdAt }) {
  const made = root.querySelector("template").content.cloneNode(true);
  const moment = new Date(createdAt);
  const item = made.querySelector("a");
  item.classList.toggle("is-new", !isRead);
  if (link) item.href = link;
  if (!isRead) Object.assign(made.querySelector(".bell-dot"), { role: "img", ariaLabel: "New" });
  made.querySelector("strong").textContent = title;
  made.querySelector(".bell-text").textContent = text;
  Object.assign(made.querySelector("time"), { dateTime: createdAt, textContent: relative(moment), title: fullTime(moment) });
  return made;
}

function note(text) {
  part("note").textContent = text;
  part("note").hidden = !text;
}

function count(unread) {
  const badge = part("count");
  badge.hidden = !unread;
  badge.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread;
  part("bell").setAttribute("aria-label", unread ? `Notifications, ${unread} unread` : "Notifications");
}
