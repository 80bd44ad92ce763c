// What the list shows. Kept in the address under the names that the API takes.

import { me } from "./first.js";
import { tell } from "./signals.js";

const NAMES = ["status", "platform", "pageId", "assignee", "unread", "q"];
const TYPING = 200; // ms

let chosen = new URLSearchParams();
const byId = (id) => document.getElementById(id);

export function startFilters() {
  readAddress();
  show();
  byId("list-pane").addEventListener("click", ({ target }) => {
    const view = target.closest("[data-view]")?.dataset.view;
    if (view) choose({ unread: view === "unread" ? "1" : "", assignee: { mine: "me", unassigned: "none" }[view] ?? "" });
  });
  for (const select of document.querySelectorAll("[data-filter]")) {
    const name = select.dataset.filter === "agent" ? "assignee" : select.dataset.filter;
    select.addEventListener("change", () => choose(name === "assignee" ? { assignee: select.value, unread: "" } : { [name]: select.value }));
  }
  let typing = null;
  byId("search").addEventListener("input", ({ target }) => {
    clearTimeout(typing);
    typing = setTimeout(() => choose({ q: target.value.trim() }), TYPING);
  });
  byId("clear-filters").addEventListener("click", clearFilters);
  byId("more-filters").addEventListener("click", toggle);
  addEventListener("popstate", () => {
    const before = chosen.toString();
    readAddress();
    show();
    if (chosen.toString() !== before) tell("filters");
  });
  if (me.isAdmin) offerAgents();
}

// The query of the API for what is chosen.
export function filterQuery() {
  return new URLSearchParams(chosen);
}

export function isFiltered() {
  return [...chosen].length > 0;
}

export function clearFilters() {
  choose(Object.fromEntries(NAMES.map((name) => [name, ""])));
}

// Would the server list this row? Must agree with inbox/models/listing.py.
export function admits(row) {
  const wanted = Object.fromEntries(chosen);
  return (
    (!wanted.status || row.status === wanted.status) &&
    (!wanted.platform || row.platform === wanted.platform) &&
    (!wanted.pageId || row.facebookPage.id === wanted.pageId) &&
    (!wanted.unread || row.unreadCount > 0) &&
    (!wanted.assignee || isHeldBy(row.assignee?.id ?? "none", wanted.assignee)) &&
    (!wanted.q || isNamed(row.contact, wanted.q))
  );
}

function isHeldBy(holder, wanted) {
  return holder === (wanted === "me" ? me.id : wanted);
}

function isNamed({ name, username }, search) {
  const names = [foldedName(name), foldedName(username ?? "")];
  const words = foldedName(search).split(/\s+/).map((word) => word.replace(/^@/, ""));
  return words.every((word) => names.some((candidate) => candidate.includes(word)));
}

// Without accents, as inbox/models/names.py.
function foldedName(text) {
  const whole = { ø: "o", ł: "l", đ: "d", ħ: "h", ı: "i", ſ: "s" };
  const plain = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[øłđħıſ]/g, (letter) => whole[letter]);
}

function choose(changes) {
  const before = chosen.toString();
  for (const [name, value] of Object.entries(changes)) {
    if (value) chosen.set(name, value);
    else chosen.delete(name);
  }
  show();
  if (chosen.toString() === before) return;
  const query = chosen.toString();
  history.replaceState(null, "", location.pathname + (query && `?${query}`));
  tell("filters");
}

function readAddress() {
  const given = new URLSearchParams(location.search);
  chosen = new URLSearchParams(NAMES.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
}

function show() {
  const assignee = chosen.get("assignee") ?? "";
  const view = chosen.has("unread") ? "unread" : { me: "mine", none: "unassigned", "": "all" }[assignee];
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  for (const select of document.querySelectorAll("[data-filter]")) {
    const name = select.dataset.filter;
    select.value = name === "agent" ? (/^\d+$/.test(assignee) ? assignee : "") : (chosen.get(name) ?? "");
  }
  const search = byId("search");
  if (document.activeElement !== search || !chosen.has("q")) search.value = chosen.get("q") ?? "";
  const hidden = ["status", "platform", "pageId"].some((name) => chosen.has(name)) || /^\d+$/.test(assignee);
  byId("more-filters").querySelector(".filter-dot").hidden = !hidden;
  byId("clear-filters").hidden = !isFiltered();
  if (hidden && byId("filters").hidden) toggle();
}

function toggle() {
  const panel = byId("filters");
  panel.hidden = !panel.hidden;
  byId("more-filters").setAttribute("aria-expanded", String(!panel.hidden));
}

async function offerAgents() {
  const { colleagues } = await import("./colleagues.js");
  byId("agent-filter").append(...(await colleagues()).map(({ id, name }) => new Option(name, id)));
  show();
}
