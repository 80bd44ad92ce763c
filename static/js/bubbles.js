// The bubbles of the open thread: merged by version, in Meta's order, one per message.

import { isFewEmoji } from "./emoji.js";
import { keepLight } from "./lightness.js";
import { localize } from "./times.js";

const list = document.getElementById("messages");
const bubbles = new Map(); // id → element
const light = keepLight(document.getElementById("thread-scroll"));

export const all = () => [...list.querySelectorAll(":scope > .message")];
export const elementOf = (id) => bubbles.get(id);
export const count = () => bubbles.size;
export const oldest = () => all().find((bubble) => bubble.dataset.id);

// Would this message stand before every one that is here?
export function isBeforeAll({ id, timestamp }) {
  return Boolean(oldest()) && comesBefore({ dataset: { id, timestamp } }, oldest());
}

export function clear() {
  for (const element of bubbles.values()) light.forget(element);
  bubbles.clear();
  list.replaceChildren();
}

// Takes over what the server painted.
export function adopt() {
  for (const element of all()) keep(element);
}

// Returns {element, isNew}, or null where we have this message as new or newer.
export function merge(shape) {
  const old = bubbles.get(shape.id);
  if (old && Number(old.dataset.version) >= shape.version) return null;
  const waiting = shape.clientMessageId && waitingReply(shape.clientMessageId);
  const element = toElement(shape.html);
  if (old) {
    light.forget(old);
    old.replaceWith(element);
  } else {
    place(element);
  }
  waiting?.remove();
  localize(element);
  keep(element);
  return { element, isNew: !old && !waiting };
}

// Drops every message that is not in `shapes`, but keeps replies that are on their way.
export function keepOnly(shapes) {
  const ids = new Set(shapes.map(({ id }) => id));
  for (const [id, element] of bubbles) {
    if (ids.has(id)) continue;
    light.forget(element);
    element.remove();
    bubbles.delete(id);
  }
}

// A reply that the server has not confirmed, by the id that we gave it.
export function waitingReply(clientId) {
  return all().find((element) => !element.dataset.id && element.dataset.clientId === clientId);
}

export function hasReply(clientId) {
  return all().some((element) => element.dataset.id && element.dataset.clientId === clientId);
}

// Shows a reply at once, in the look that it will have.
export function showWaiting({ clientId, text, at }) {
  const element = document.getElementById("reply-template").content.firstElementChild.cloneNode(true);
  Object.assign(element.dataset, { clientId, timestamp: at });
  element.removeAttribute("id");
  const words = element.querySelector(".text");
  words.textContent = text;
  words.classList.toggle("is-emoji", isFewEmoji(text));
  element.querySelector("time").dateTime = at;
  list.append(element);
  localize(element);
  return element;
}

// Brings back the content of a bubble that was far from view.
export const fill = light.fill;

function keep(element) {
  bubbles.set(element.dataset.id, element);
  light.watch(element);
}

// By Meta's time, then by our id, as inbox/models/thread.py orders; waiting replies stay last.
function place(element) {
  let next = null;
  for (let other = list.lastElementChild; other; other = other.previousElementSibling) {
    if (!other.matches(".message")) continue;
    if (other.dataset.id && !comesBefore(element, other)) break;
    next = other;
  }
  list.insertBefore(element, next);
}

function comesBefore(a, b) {
  if (a.dataset.timestamp !== b.dataset.timestamp) return a.dataset.timestamp < b.dataset.timestamp;
  return BigInt(a.dataset.id) < BigInt(b.dataset.id);
}

function toElement(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}
