// Replies: shown at once, kept until the server has them, tried again on request. The id that we give
// a reply makes a second try harmless: the server answers with the first one's message.

import { post } from "./api.js";
import * as bubbles from "./bubbles.js";
import { keep, kept } from "./kept.js";
import { unlessLive } from "./realtime.js";
import * as scroll from "./scroll.js";
import { opened } from "./selection.js";
import { on, tell } from "./signals.js";
import { announce } from "./toasts.js";

const underWay = new Set(); // client ids of requests that are not answered yet
let turn = Promise.resolve(); // one after the other, or two quick replies could change places

export function startSending() {
  on("message", ({ shape }) => shape.clientMessageId && forget(shape.conversationId, shape.clientMessageId));
  document.getElementById("messages").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-action='retry'], [data-action='edit']");
    if (button) (button.dataset.action === "retry" ? retry : edit)(button);
  });
}

export function send(text) {
  const reply = { clientId: newId(), text, at: new Date().toISOString() };
  keepUnsent(opened.id, [...unsent(opened.id), reply]);
  show(reply);
  scroll.toNewest();
  deliver(opened.id, reply);
}

// Replies of this conversation that an earlier visit could not hand over.
export function showUnsent() {
  for (const reply of unsent(opened.id)) {
    if (bubbles.hasReply(reply.clientId)) forget(opened.id, reply.clientId);
    else if (!bubbles.waitingReply(reply.clientId)) {
      show(reply);
      if (!underWay.has(reply.clientId)) showFailure(reply.clientId, "This reply has not left your browser.");
    }
  }
}

function show(reply) {
  bubbles.showWaiting(reply);
  tell("arrange");
}

function deliver(conversationId, reply) {
  underWay.add(reply.clientId);
  turn = turn.then(() => hand(conversationId, reply));
}

async function hand(conversationId, { clientId, text }) {
  try {
    const shape = await post(`/api/conversations/${conversationId}/messages`, { text, clientMessageId: clientId });
    tell("message", { shape, isNew: false });
    forget(conversationId, clientId);
    unlessLive();
  } catch (error) {
    if (conversationId === opened.id) showFailure(clientId, Object.values(error.fields ?? {})[0] ?? error.message);
  } finally {
    underWay.delete(clientId);
  }
}

function showFailure(clientId, reason) {
  const bubble = bubbles.waitingReply(clientId);
  if (!bubble) return; // it arrived after all, by the socket
  bubble.dataset.delivery = "FAILED";
  const trouble = document.getElementById("failed-template").content.querySelector(".trouble").cloneNode(true);
  trouble.querySelector("span").textContent = reason;
  const change = trouble.querySelector("button").cloneNode();
  change.dataset.action = "edit";
  change.textContent = "Edit";
  trouble.append(change);
  bubble.querySelector(".trouble")?.remove();
  bubble.append(trouble);
  announce(`Not sent: ${reason}`);
  if (scroll.isAtNewest()) scroll.toNewest();
}

async function retry(button) {
  const bubble = button.closest(".message");
  if (!bubble.dataset.id) return retryUnsent(bubble);
  button.disabled = true;
  try {
    tell("message", { shape: await post(`/api/messages/${bubble.dataset.id}/retry`), isNew: false });
  } catch (error) {
    button.disabled = false;
    button.previousElementSibling.textContent = error.message;
  }
}

function retryUnsent(bubble) {
  const reply = unsent(opened.id).find(({ clientId }) => clientId === bubble.dataset.clientId);
  if (!reply) return;
  bubble.dataset.delivery = "SENDING";
  bubble.querySelector(".trouble").remove();
  deliver(opened.id, reply);
}

// Takes an unsent reply back into the composer.
function edit(button) {
  const bubble = button.closest(".message");
  const reply = unsent(opened.id).find(({ clientId }) => clientId === bubble.dataset.clientId);
  bubble.remove();
  tell("arrange");
  if (!reply) return;
  forget(opened.id, reply.clientId);
  tell("compose", reply.text);
}

function unsent(conversationId) {
  try {
    return JSON.parse(kept(`unsent:${conversationId}`) ?? "[]");
  } catch {
    return [];
  }
}

function keepUnsent(conversationId, replies) {
  keep(`unsent:${conversationId}`, replies.length ? JSON.stringify(replies) : null);
}

function forget(conversationId, clientId) {
  const replies = unsent(conversationId);
  const rest = replies.filter((reply) => reply.clientId !== clientId);
  if (rest.length < replies.length) keepUnsent(conversationId, rest);
}

// randomUUID exists on HTTPS and localhost only.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
