// What happens elsewhere: events are hints, the cards they are about are fetched together. After a
// reconnect the columns are loaded anew.

import { get } from "./api.js";
import { adopt, allCards, cardOf, drop, place, versionOf } from "./board_cards.js";
import { columnOf, columns, setCursor, showCounts } from "./board_columns.js";
import { on } from "./signals.js";

const PAUSE = 250; // ms between two fetches
const LONGEST_PAUSE = 1000; // ms, while there is no end of news (an import that fills the board)
const MOST = 100; // cards in one fetch
const TOO_MANY = 400; // from there loading the columns anew is cheaper
const TALLY = 3000; // ms until what is not on screen is counted again
const AGAIN = 60_000; // ms: an event that was lost is made up for

const waiting = new Set(); // ids of contacts whose card is to be fetched
let pipeline;
let isAdmin;
let isAsking = false;
let isStale = false;
let isCountStale = false;
let tally = null;
let isHeld = false;
let inARow = 0; // fetches with no silence between them

export function startLive(board) {
  pipeline = board.dataset.pipeline;
  isAdmin = board.dataset.role === "admin";
  on("contact", hearContact);
  on("conversation", hearConversation);
  on("removed", (id) => allCards().filter(({ dataset }) => dataset.conversation === id).forEach(({ dataset }) => refresh(dataset.id)));
  on("pipeline", (id) => id === pipeline && reshape());
  for (const signal of ["caughtUp", "reload"]) on(signal, reload);
  setInterval(() => document.hidden || reload(), AGAIN);
}

// The card of this contact as the server has it now, wherever it stands.
export function refresh(id) {
  waiting.add(String(id));
  ask();
}

export function reload() {
  isStale = true;
  ask();
}

// While a card is carried nothing else moves.
export function hold(isOn) {
  isHeld = isOn;
  if (!isOn) ask();
}

function hearContact({ id, version, pipelineId }) {
  if (version <= versionOf(id)) return;
  if (cardOf(id) || pipelineId === pipeline) refresh(id);
  else tally ??= setTimeout(countAgain, TALLY); // it may have left a place that is not on screen
}

function countAgain() {
  tally = null;
  isCountStale = true;
  ask();
}

// A new holder is no change of the contact. An agent may have been given one that is not here yet.
function hearConversation({ id, contact, assignee }) {
  const card = cardOf(contact.id);
  if (!card) return isAdmin || contact.pipelineId !== pipeline ? undefined : refresh(contact.id);
  const isSame = card.dataset.conversation === id && card.dataset.assignee === (assignee?.id ?? "");
  if (!isSame || contact.version > versionOf(contact.id)) refresh(contact.id);
}

async function ask() {
  if (isAsking || isHeld || !(waiting.size || isStale || isCountStale)) return;
  isAsking = true;
  const isWhole = isStale || waiting.size > TOO_MANY;
  try {
    await (isWhole ? askForAll() : askForSome());
  } catch (error) {
    if (error.status === 404) return reshape();
    await pause(PAUSE * 8);
    isStale = navigator.onLine;
  }
  isCountStale = false;
  inARow += 1;
  await pause(inARow < 4 ? PAUSE : LONGEST_PAUSE);
  isAsking = false;
  if (!waiting.size && !isStale) inARow = 0;
  ask();
}

async function askForSome() {
  const ids = [...waiting].slice(0, MOST);
  ids.forEach((id) => waiting.delete(id));
  try {
    const answer = await get(`/api/pipelines/${pipeline}/cards`, new URLSearchParams({ ids }));
    if (isHeld) ids.forEach((id) => waiting.add(id));
    else apply(ids, answer);
  } catch (error) {
    ids.forEach((id) => waiting.add(id));
    throw error;
  }
}

function apply(ids, { items, counts, waiting: proposals }) {
  const found = new Set(items.map(({ id }) => id));
  for (const card of items) place(adopt(card));
  for (const id of ids) if (!found.has(id)) drop(id);
  showCounts(counts);
  showProposals(proposals);
}

async function askForAll() {
  isStale = false;
  waiting.clear();
  const answer = await get(`/api/pipelines/${pipeline}/board`);
  if (isHeld) return void (isStale = true);
  const present = columns().map(({ dataset }) => dataset.stage);
  if (present.join() !== answer.columns.map(({ id }) => id).join()) return reshape();
  for (const column of answer.columns) takeColumn(column);
  showCounts(Object.fromEntries(answer.columns.map(({ id, count }) => [id, count])));
  showProposals(answer.waiting);
}

// The first page is as answered. What is loaded below it stays where one has scrolled to, and is
// asked for card by card.
function takeColumn({ id, cards, nextCursor }) {
  const column = columnOf(id);
  const listed = new Set(cards.map((card) => card.id));
  const last = cards.at(-1)?.contact.stageEnteredAt;
  const others = [...column.querySelectorAll(".board-card")].filter(({ dataset }) => !listed.has(dataset.id));
  const below = others.filter(({ dataset }) => nextCursor && dataset.entered <= last);
  for (const other of others) if (!below.includes(other)) waiting.add(other.dataset.id);
  below.forEach(({ dataset }) => waiting.add(dataset.id));
  if (!below.length) setCursor(column, nextCursor);
  for (const card of cards) place(adopt(card), { isPaged: true });
}

function showProposals(number) {
  const badge = document.getElementById("waiting");
  if (!badge) return;
  badge.hidden = !number;
  badge.textContent = number < 1000 ? number : "999+";
}

// Stages came, went or changed: the page is painted anew, as soon as nobody is in the middle of a move;
// without the pipeline, another one.
async function reshape() {
  if (isHeld || document.querySelector("dialog[open]")) return void setTimeout(reshape, PAUSE);
  const isThere = await get(`/api/pipelines/${pipeline}`).then(() => true, ({ status }) => status !== 404);
  if (isThere) location.reload();
  else location.assign("/board");
}

// The card that the address names, which may lie far down in its column.
export async function showWanted() {
  const id = location.hash.match(/^#k-(\d+)$/)?.[1];
  if (!id) return;
  if (!cardOf(id)) {
    const { items } = await get(`/api/pipelines/${pipeline}/cards`, new URLSearchParams({ ids: id }));
    if (items.length) place(adopt(items[0]), { isPaged: true });
  }
  cardOf(id)?.scrollIntoView({ block: "center", inline: "center" });
  cardOf(id)?.querySelector(".card-link").focus({ preventScroll: true });
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
