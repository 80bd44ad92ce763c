// Where one answers: drafts, the limit, the reply window, Enter.

import { keep, kept } from "./kept.js";
import { lengthOf } from "./length.js";
import { replyWindow } from "./reply_window.js";
import { keepPinned } from "./scroll.js";
import { opened } from "./selection.js";
import { send } from "./sending.js";
import { on } from "./signals.js";
import { announce } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const form = byId("composer");
const field = byId("reply");
const TALLEST = 200; // px

let holder = opened.id; // the conversation that the words in the field are for

export function startComposer() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("keydown", onKey);
  field.addEventListener("input", () => {
    keep(`draft:${holder}`, field.value);
    showLength();
  });
  on("selected", restoreDraft);
  on("detail", showWindow);
  on("gone", close);
  on("compose", (text) => write(field.value ? `${field.value}\n${text}` : text));
  setInterval(() => showWindow(opened.detail), 20_000);
  if (opened.id) restoreDraft(opened.id);
}

export function focusComposer() {
  if (!field.disabled) field.focus();
}

function onKey(event) {
  // 229: some browsers report the Enter that ends a composition only by this code.
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || isComposing) return;
  event.preventDefault();
  submit();
}

function submit() {
  const text = field.value.trim();
  if (!text || !canSend(text)) return;
  send(text);
  write("");
}

function write(text) {
  field.value = text;
  keep(`draft:${holder}`, text);
  showLength();
  field.focus();
}

function restoreDraft(id) {
  holder = id;
  field.value = (id && kept(`draft:${id}`)) || "";
  if (opened.detail) showWindow(opened.detail);
  else close();
  showLength();
}

// Until it is known whether, and where, one may answer.
function close() {
  field.disabled = true;
  field.placeholder = "";
  byId("composer-window").textContent = "";
  byId("composer-notice").hidden = true;
  form.classList.remove("is-closed", "is-soon");
  showLength();
}

function canSend(text) {
  const { detail } = opened;
  return Boolean(detail) && replyWindow(detail).isOpen && !lengthOf(text, detail.platform).isTooLong;
}

function showLength() {
  const { isTooLong, text } = opened.detail ? lengthOf(field.value.trim(), opened.detail.platform) : {};
  byId("composer-length").textContent = text ?? "";
  form.classList.toggle("is-too-long", Boolean(isTooLong));
  field.setAttribute("aria-invalid", String(Boolean(isTooLong)));
  byId("send").disabled = !field.value.trim() || !canSend(field.value.trim());
  keepPinned(() => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
  });
}

function showWindow(detail) {
  if (!detail) return;
  const { isOpen, isSoon, text } = replyWindow(detail);
  const needsReconnect = detail.facebookPage.needsReconnect;
  byId("composer-window").textContent = isOpen ? text : "";
  form.classList.toggle("is-soon", Boolean(isSoon));
  if (form.classList.contains("is-closed") && isOpen) announce("You can answer again");
  form.classList.toggle("is-closed", !isOpen);
  field.disabled = !isOpen;
  field.placeholder = isOpen ? "Write a reply" : "The reply window is closed";
  const notice = byId("composer-notice");
  notice.hidden = isOpen && !needsReconnect;
  notice.textContent = isOpen ? reconnectText(detail.facebookPage) : text;
  showLength();
}

function reconnectText({ name }) {
  return `Meta no longer accepts the connection to ${name}, so nothing can be sent. An admin must reconnect the Page; new messages still arrive.`;
}
