// Settings → AI: how the keys stand, looked at again and again, and testing one.

import { get, post } from "./api.js";
import { theSocket } from "./socket.js";
import { announce } from "./toasts.js";

const EVERY = 5000; // ms between two looks, while somebody looks
const PAUSE = 500; // ms between two looks, however fast a batch goes
const PATIENCE = 75_000; // ms for a test: a worker may be busy, and Google slow

const status = document.getElementById("ai-status");
const said = new Map(); // key → {text, tone}: what its last test has shown
const testing = new Map(); // key → a timer
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
let soon = null; // the next look, when there is news

export function mount() {
  status.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-test]");
    if (button) test(Number(button.dataset.test));
  });
  theSocket().on("ai_key_tested", ({ number, problem }) => {
    tested(number, problem ? { text: problem, tone: "bad" } : { text: "It works.", tone: "good" });
    refresh();
  });
  theSocket().on("ai_run_progress", () => (soon ??= setTimeout(refresh, PAUSE)));
  paint();
  setInterval(() => document.hidden || refresh(), EVERY);
}

async function refresh() {
  soon = null;
  const { html } = await get("/api/ai").catch(() => ({}));
  if (!html) return;
  const focused = document.activeElement?.dataset?.test;
  status.innerHTML = html;
  paint();
  if (focused) status.querySelector(`[data-test="${focused}"]`)?.focus({ preventScroll: true });
}

async function test(number) {
  if (testing.has(number)) return;
  const late = { text: "No answer came. Is a worker running?", tone: "bad" };
  testing.set(number, setTimeout(() => tested(number, late), PATIENCE));
  said.set(number, { text: "A worker asks Google…", tone: "" });
  paint();
  try {
    await post("/api/ai/key-test", { number });
  } catch (error) {
    tested(number, { text: error.message, tone: "bad" });
  }
}

function tested(number, result) {
  clearTimeout(testing.get(number));
  testing.delete(number);
  said.set(number, result);
  announce(`Key ${number}: ${result.text}`);
  paint();
}

function paint() {
  for (const time of status.querySelectorAll("time[data-clock]")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString(undefined, { timeStyle: "medium" });
  }
  for (const time of status.querySelectorAll("time[data-moment]")) time.textContent = moment.format(new Date(time.dateTime));
  for (const place of status.querySelectorAll("[data-tested]")) {
    const number = Number(place.dataset.tested);
    const { text, tone } = said.get(number) ?? {};
    place.hidden = !text;
    place.textContent = text ?? "";
    place.className = `ai-tested${tone ? ` is-${tone}` : ""}`;
    status.querySelector(`[data-test="${number}"]`).setAttribute("aria-busy", String(testing.has(number)));
  }
}
