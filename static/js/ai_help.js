// What the AI writes for an agent: a reply to suggest, a summary. It is shown, and never sent by
// itself.

import { post } from "./api.js";
import { opened } from "./selection.js";
import { on, tell } from "./signals.js";
import { announce } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const box = byId("ai-answer");
const buttons = [...document.querySelectorAll("[data-help]")];
const PATIENCE = 75_000; // ms
const TITLES = { REPLY: "Suggested reply", SUMMARY: "Summary" };
const WAITING = { REPLY: "The AI reads the conversation…", SUMMARY: "The AI reads the conversation…" };

let asked = null; // {requestId, kind, timer}: what is waited for

export function startAiHelp() {
  for (const button of buttons) button.addEventListener("click", () => ask(button.dataset.help));
  byId("ai-discard").addEventListener("click", () => {
    close();
    byId("reply").focus();
  });
  byId("ai-use").addEventListener("click", use);
  on("selected", close);
  on("detail", setReady);
  setReady();
  on("aiAnswer", answered);
}

// Not before the conversation is on screen: whoever cannot read it cannot judge what the AI says.
function setReady() {
  for (const button of buttons) button.disabled = Boolean(asked) || !opened.detail;
}

async function ask(kind) {
  if (asked || !opened.detail) return;
  const requestId = crypto.randomUUID();
  asked = { requestId, kind, timer: setTimeout(() => failed("No answer came. Try again in a minute."), PATIENCE) };
  show(kind, WAITING[kind], { isBusy: true });
  try {
    await post(`/api/conversations/${opened.id}/ai-help`, { kind, requestId });
  } catch (error) {
    if (asked?.requestId === requestId) failed(error.message);
  }
}

function answered({ requestId, kind, text, problem, usedFallback }) {
  if (asked?.requestId !== requestId) return; // of another tab, or of what was left meanwhile
  if (problem) return failed(problem);
  settle();
  show(kind, text, { isReply: kind === "REPLY", note: usedFallback ? " · rule-based" : "" });
  announce(`${TITLES[kind]}: ${text}`);
}

function failed(text) {
  const { kind } = asked;
  settle();
  show(kind, text, { isProblem: true });
  announce(text);
}

function show(kind, text, { isBusy = false, isReply = false, isProblem = false, note = "" }) {
  byId("ai-answer-title").textContent = TITLES[kind] + note;
  byId("ai-text").textContent = text;
  byId("ai-use").hidden = !isReply;
  box.classList.toggle("is-busy", isBusy);
  box.classList.toggle("is-problem", isProblem);
  box.hidden = false;
  setReady();
}

function use() {
  const text = byId("ai-text").textContent;
  close();
  tell("compose", text);
}

function settle() {
  clearTimeout(asked?.timer);
  asked = null;
}

function close() {
  settle();
  box.hidden = true;
  setReady();
}
