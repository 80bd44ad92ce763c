// The database is the truth: asks for everything that changed since we last asked.

import { get } from "./api.js";
import { on, tell } from "./signals.js";

const RETRY = [2000, 5000, 10000, 30000]; // ms
const STALE = 5000; // ms until what did not come is asked for again

let cursor = null;
let change = null; // what a pulse is compared with
let running = null;
let again = false;
let failures = 0;
let retry = null;

// `since` is the cursor that was read before the page's rows were; without one the first catch-up
// fetches them again.
export function startFrom(since) {
  cursor = since;
  // Without a cursor the next catch-up says "reload" once more.
  on("stale", () => {
    cursor = null;
    askLater(STALE);
  });
}

export function isBehind(pulse) {
  return pulse !== change;
}

// Resolves once nothing is missing. Called while one is under way, it makes that one go round again.
export function catchUp() {
  again = true;
  running ??= rounds().finally(() => (running = null));
  return running;
}

async function rounds() {
  clearTimeout(retry);
  try {
    while (again) {
      again = false;
      await round();
    }
    failures = 0;
    tell("caughtUp");
  } catch {
    askLater(RETRY[Math.min(failures++, RETRY.length - 1)]);
  }
}

function askLater(pause) {
  clearTimeout(retry);
  retry = setTimeout(catchUp, pause * (0.75 + Math.random() / 2));
}

async function round() {
  const since = cursor;
  const isFirst = since === null;
  const answer = await get("/api/changes", isFirst ? "" : new URLSearchParams({ since }));
  for (const row of answer.conversations ?? []) tell("conversation", row);
  for (const shape of answer.messages ?? []) tell("message", { shape, isNew: false });
  for (const id of answer.removedConversationIds ?? []) tell("removed", String(id));
  if (answer.imported) tell("imported");
  else if (isFirst || answer.reload) tell("reload");
  if (cursor === since) cursor = answer.cursor; // else a "stale" came meanwhile
  change = answer.change;
  again ||= Boolean(answer.hasMore);
}
