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
  byId("status").value = status;
  const isResolved = status === "RESOLVED";
  byId("resolve").querySelector("span").textContent = isResolved ? "Reopen" : "Resolve";
  byId("resolve").classList.toggle("is-resolved", isResolved);
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
  const options = people.map(({ id, name }) => new Option(id === me.id ? `${name} (you)` : name, id));
  byId("assignee").replaceChildren(new Option("Unassigned", ""), ...options);
}
