// The head of the thread: who, where, whose, and what became of it.

import { patch } from "./api.js";
import { showAvatar } from "./avatar.js";
import { colleagues } from "./colleagues.js";
import { me } from "./first.js";
import { unlessLive } from "./realtime.js";
import { shapeOf } from "./rows.js";
import { opened, select } from "./selection.js";
import { on } from "./signals.js";
import { toast } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const PLATFORMS = { FACEBOOK: "Messenger", INSTAGRAM: "Instagram" };

export async function startHeader() {
  on("detail", show);
  on("selected", preview);
  on("gone", () => lock());
  byId("back").addEventListener("click", () => select(null));
  byId("thread-gone").querySelector("button").addEventListener("click", () => select(null));
  byId("assignee").addEventListener("change", ({ target }) => change({ assigneeId: target.value || null }));
  byId("status").addEventListener("change", ({ target }) => change({ status: target.value }));
  byId("resolve").addEventListener("click", () => opened.detail && change({ status: opened.detail.status === "RESOLVED" ? "OPEN" : "RESOLVED" }));
  if (!opened.detail) lock();
  offer(await colleagues());
  if (opened.detail) show(opened.detail);
}

// Until the conversation itself has come: what its row tells, and nothing that could be pressed.
function preview(id) {
  lock();
  const row = id && shapeOf(id);
  byId("thread").classList.toggle("is-unknown", !row);
  if (row) fill(row);
  else {
    byId("thread-name").textContent = byId("thread-place").textContent = "";
    delete byId("thread-avatar").dataset.of;
    byId("thread-avatar").replaceChildren();
  }
}

function lock(isLocked = true) {
  for (const name of ["assignee", "status", "resolve", "contact-toggle"]) byId(name).disabled = isLocked;
}

function show(detail) {
  byId("thread").classList.remove("is-unknown");
  lock(false);
  fill(detail);
}

function fill({ contact, platform, facebookPage, assignee, status }) {
  byId("thread-name").textContent = contact.name;
  byId("thread-place").textContent = `${PLATFORMS[platform]} · ${facebookPage.name}`;
  showAvatar(byId("thread-avatar"), contact);
  if (assignee && !byId("assignee").querySelector(`option[value="${assignee.id}"]`)) {
    byId("assignee").append(new Option(assignee.name, assignee.id)); // deactivated, or not loaded yet
  }
  byId("assignee").value = assignee?.id ?? "";
  showHolder(assignee);
  byId("status").value = status;
  const isResolved = status === "RESOLVED";
  byId("resolve").querySelector("span").textContent = isResolved ? "Reopen" : "Resolve";
  byId("resolve").classList.toggle("is-resolved", isResolved);
}

// One's own option says what choosing it does; on narrow screens an initial stands for the name.
function showHolder(assignee) {
  const own = byId("assignee").querySelector(`option[value="${me.id}"]`);
  if (own) own.textContent = assignee?.id === me.id ? `${me.name} (you)` : "Assign to me";
  const initial = byId("assignee-initial");
  initial.textContent = [...(assignee?.name ?? "")][0]?.toUpperCase() ?? "";
  initial.className = `avatar-initials tone-${assignee ? BigInt(assignee.id) % 8n : 0}`;
}

async function change(what) {
  const { id } = opened;
  try {
    await patch(`/api/conversations/${id}`, what);
    unlessLive();
  } catch (error) {
    toast(Object.values(error.fields ?? {})[0] ?? error.message);
    if (opened.detail && id === opened.id) show(opened.detail);
  }
}

function offer(people) {
  const [own, others] = [true, false].map((isOwn) => people.filter(({ id }) => (id === me.id) === isOwn));
  const [ours, theirs] = [own, others].map((group) => group.map(({ id, name }) => new Option(name, id)));
  const nobody = new Option("Unassigned", "");
  byId("assignee").replaceChildren(...(me.isAdmin ? [...ours, nobody] : [nobody, ...ours]), ...theirs);
}
