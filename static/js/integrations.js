// Settings → Integrations. The server paints each card; whatever happens is only a hint to fetch the
// card again, so it shows the same after a reload, in another tab and in another browser.

import { get, patch, post } from "./api.js";
import { ask } from "./confirm.js";
import { remember, replaceParts } from "./integrations_parts.js";
import { startClocks } from "./integrations_times.js";
import { startConnection } from "./connection.js";
import { start } from "./realtime.js";
import { on } from "./signals.js";
import { announce, toast } from "./toasts.js";

const PAUSE = 300; // ms between two looks at the same card, however fast a sync runs
const asking = new Map(); // page id → {again}: cards that are being fetched

const cardOf = (id) => document.getElementById(`page-${id}`);
const all = () => [...document.querySelectorAll("[data-page]")];

export function mount(root) {
  all().forEach(remember);
  startClocks(root);
  startConnection();
  root.addEventListener("click", onClick);
  root.addEventListener("submit", onSubmit);
  on("sync", ({ facebookPageId }) => refresh(facebookPageId));
  on("facebookPage", refresh);
  on("caughtUp", () => all().forEach(({ dataset }) => refresh(dataset.page)));
  start(null);
}

async function refresh(id) {
  if (!cardOf(id)) return location.reload(); // a page that was connected meanwhile
  if (asking.has(id)) return void (asking.get(id).again = true);
  const mine = { again: false };
  asking.set(id, mine);
  try {
    show(await get(`/api/facebook/pages/${id}`));
  } catch (error) {
    trouble(id, `This may be out of date. ${error.message}`);
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  asking.delete(id);
  if (mine.again) refresh(id);
}

function show({ id, name, state, html }) {
  const card = cardOf(id);
  const before = card.dataset.state;
  replaceParts(card, html);
  const isOpen = !card.querySelector("[data-settings]").hidden;
  card.querySelector("[data-toggle-settings]").setAttribute("aria-expanded", String(isOpen));
  trouble(id, null);
  if (state !== before) announce(`${name}: ${card.querySelector(".page-line").innerText}`);
}

// What went wrong with the last thing that was tried on this card.
function trouble(id, text) {
  const place = cardOf(id).querySelector("[data-trouble]");
  place.hidden = !text;
  place.textContent = text ?? "";
}

function onClick({ target }) {
  const card = target.closest("[data-page]");
  const button = target.closest("button[data-action]");
  if (button) return act(card, button, button.dataset);
  if (target.closest("[data-toggle-settings]")) return toggleSettings(card);
  if (target.closest("[data-close-settings]")) toggleSettings(card);
  const leave = target.closest("[data-disconnect]");
  if (leave) disconnect(card, leave.dataset.disconnect);
}

// A form of its own: the answer is this page again, and says how it went.
async function disconnect(card, name) {
  const text = "Its messages are no longer received or sent here. Its conversations stay.";
  if (!(await ask({ title: `Disconnect ${name}?`, text, label: "Disconnect" }))) return;
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/settings/integrations/facebook/${card.dataset.page}/disconnect`;
  const value = document.querySelector('meta[name="csrf-token"]').content;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value }));
  document.body.append(form);
  form.submit();
}

function onSubmit(event) {
  const form = event.target;
  const card = form.closest("[data-page]");
  event.preventDefault();
  if (form.matches("[data-settings]")) return save(card, form);
  const days = Number(form.elements.days.value);
  act(card, form.querySelector("button"), { ...form.dataset, days });
}

// Pause stands beside it, and is what somebody in a hurry may mean.
function isToEnd() {
  return ask({
    title: "Cancel this sync?",
    text: "What it has brought stays. A cancelled sync cannot go on: a new one begins at the newest conversation again. To stop for a while, pause it.",
    label: "Cancel the sync",
    refusal: "Let it go on",
  });
}

const ofJob = (verb) => (card) => post(`/api/facebook/sync-jobs/${card.dataset.job}/${verb}`);

const ACTIONS = {
  sync: ({ dataset }, { kind, days }) =>
    post("/api/facebook/sync-background", { facebookPageId: dataset.page, kind, ...(days && { days }) }),
  pause: ofJob("pause"),
  resume: ofJob("resume"),
  cancel: ofJob("cancel"),
  retry: ofJob("retry"),
  "retry-failed": ofJob("retry-failed"),
};

// Busy until the card shows what came of it.
async function act(card, button, what) {
  if (button.hasAttribute("aria-busy")) return;
  if (what.action === "cancel" && card.dataset.state !== "PENDING" && !(await isToEnd())) return;
  button.closest(".dropdown")?.querySelector("[data-bs-toggle]").focus(); // its menu closes
  const id = card.dataset.page;
  button.setAttribute("aria-busy", "true"); // not disabled: that would take the focus away
  trouble(id, null);
  try {
    const { message } = await ACTIONS[what.action](card, what);
    if (message === "Sync already in progress") toast(message);
    await refresh(id);
  } catch (error) {
    trouble(id, Object.values(error.fields ?? {})[0] ?? error.message);
    if (error.status === 409) refresh(id).then(() => trouble(id, error.message)); // somebody else was first
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function toggleSettings(card) {
  const form = card.querySelector("[data-settings]");
  const button = card.querySelector("[data-toggle-settings]");
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (form.hidden) button.focus();
  else form.querySelector("input").focus();
}

async function save(card, form) {
  const { autoSync, syncInterval, autoPipelineId, autoPipelineMode } = form.elements;
  const button = form.querySelector('[type="submit"]');
  const id = card.dataset.page;
  button.disabled = true;
  try {
    show(await patch(`/api/facebook/pages/${id}`, {
      autoSync: autoSync.checked,
      syncInterval: Number(syncInterval.value),
      autoPipelineId: autoPipelineId.value || null,
      autoPipelineMode: autoPipelineMode.value,
    }));
    toast("Settings saved");
  } catch (error) {
    trouble(id, Object.values(error.fields ?? {})[0] ?? error.message);
  } finally {
    button.disabled = false;
  }
}
