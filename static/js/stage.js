// Where the contact of the open thread stands on the board: shown, and changed from here.

import { get, patch, post } from "./api.js";
import { opened } from "./selection.js";
import { on, tell } from "./signals.js";
import { duration, fullTime } from "./times.js";
import { toast } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const OFF = ""; // the choice that stands for no stage

let pipelines = null;
let wasAway = false;

export function startStage() {
  on("detail", show);
  on("selected", () => byId("thread-stage").classList.add("is-unknown"));
  on("pipeline", load);
  on("connection", (isConnected) => (wasAway ||= !isConnected));
  on("caughtUp", () => wasAway && askAgain());
  byId("stage").addEventListener("change", ({ target }) => change({ stageId: target.value || null }));
  byId("stage-pin").addEventListener("click", () => opened.detail && change({ isPinned: !opened.detail.contact.isPinned }));
  setInterval(() => opened.detail && showSince(opened.detail.contact), 30_000);
  load();
}

async function load() {
  try {
    pipelines = (await get("/api/pipelines")).items;
  } catch {
    return; // the next event or thread asks again
  }
  byId("stage").replaceChildren(new Option("No stage", OFF), ...pipelines.flatMap(choices));
  if (opened.detail) show(opened.detail);
}

// With one pipeline its name says nothing.
function choices({ name, stages }) {
  const options = stages.map((stage) => new Option(stage.name, stage.id));
  if (pipelines.length === 1) return options;
  const group = Object.assign(document.createElement("optgroup"), { label: name });
  group.append(...options);
  return [group];
}

function show({ contact }) {
  if (!pipelines) return void load();
  const stage = pipelines.flatMap(({ stages }) => stages).find(({ id }) => id === contact.stageId);
  if (contact.stageId && !stage) load(); // it is newer than what we know
  byId("thread-stage").classList.remove("is-unknown");
  byId("stage").value = stage?.id ?? OFF;
  byId("stage-dot").firstElementChild.setAttribute("fill", stage?.colour ?? "none");
  byId("stage-dot").classList.toggle("is-none", !stage);
  const pin = byId("stage-pin");
  pin.hidden = !stage;
  pin.setAttribute("aria-pressed", String(contact.isPinned));
  pin.title = contact.isPinned ? "Pinned: AI leaves it here. Press to unpin" : "Pin: AI leaves it here";
  pin.setAttribute("aria-label", contact.isPinned ? "Pinned to this stage" : "Pin to this stage");
  byId("stage-board").hidden = !stage;
  byId("stage-board").href = stage ? `/board/${stage.pipelineId}#k-${contact.id}` : "/board";
  showSince(contact);
}

function showSince({ stageEnteredAt }) {
  byId("stage-since").hidden = !stageEnteredAt;
  if (!stageEnteredAt) return;
  const since = new Date(stageEnteredAt);
  Object.assign(byId("stage-since").firstElementChild, { dateTime: stageEnteredAt, textContent: duration(Date.now() - since), title: fullTime(since) });
}

async function change(what) {
  const { contact } = opened.detail ?? {};
  if (!contact) return;
  try {
    const answer = await patch(`/api/contacts/${contact.id}/stage`, what);
    take(answer);
    if (!answer.moveId) return;
    const text = answer.stageId ? `${contact.name} moved to ${byId("stage").selectedOptions[0].text}` : `${contact.name} taken off the board`;
    toast(text, { label: "Undo", act: () => undo(contact.id, answer.moveId) });
  } catch (error) {
    refused(error);
  }
}

async function undo(contactId, moveId) {
  try {
    take(await post(`/api/contacts/${contactId}/stage/undo`, { moveId }));
  } catch (error) {
    refused(error);
  }
}

// The answer is the contact; everybody else hears of it by the event.
function take({ moveId, ...contact }) {
  tell("contact", contact);
}

function refused(error) {
  toast(Object.values(error.fields ?? {})[0] ?? error.message);
  if (opened.detail) show(opened.detail);
}

// What was moved while there was no connection.
async function askAgain() {
  wasAway = false;
  const id = opened.detail?.contact.id;
  if (!id) return;
  try {
    tell("contact", await get(`/api/contacts/${id}`));
  } catch {
    wasAway = true;
  }
}
