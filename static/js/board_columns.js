// The columns of the board: what each holds, how many, and how one comes to what is further down.

import { get } from "./api.js";
import { adopt, place } from "./board_cards.js";
import { localize } from "./times.js";

const number = new Intl.NumberFormat("en-GB");
const root = () => document.getElementById("columns");

export const columns = () => [...root().querySelectorAll(".column")];
export const columnOf = (stageId) => root().querySelector(`.column[data-stage="${stageId}"]`);
export const listOf = (stageId) => columnOf(stageId)?.querySelector(".cards") ?? null;
export const nameOf = (stageId) => columnOf(stageId)?.querySelector("[data-stage-name]").textContent ?? null;

const asking = new Set(); // columns whose next page is on its way

export function startColumns() {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) more(target.closest(".column"));
  }, { root: root(), rootMargin: "400px" });
  for (const column of columns()) {
    const end = column.querySelector(".column-end");
    seen.observe(end);
    end.querySelector("button").addEventListener("click", () => more(column));
    column.querySelector(".column-scroll").addEventListener("scroll", () => isNearEnd(column) && more(column), { passive: true });
  }
}

// Counts are those of the server; between two answers one's own moves are added.
export function showCounts(counts) {
  for (const [stageId, count] of Object.entries(counts)) show(stageId, count);
  document.getElementById("board-none").hidden = Object.values(counts).some(Boolean);
}

export function shiftCount(stageId, by) {
  const place = columnOf(stageId)?.querySelector("[data-count]");
  if (place) show(stageId, Math.max(0, Number(place.dataset.count) + by));
}

export function setCursor(column, cursor) {
  column.dataset.cursor = cursor ?? "";
  column.querySelector(".column-end").hidden = !cursor;
}

function show(stageId, count) {
  const place = columnOf(stageId)?.querySelector("[data-count]");
  if (!place) return;
  place.dataset.count = count;
  place.textContent = number.format(count);
}

function isNearEnd(column) {
  const { scrollTop, scrollHeight, clientHeight } = column.querySelector(".column-scroll");
  return scrollHeight - scrollTop - clientHeight < 600;
}

async function more(column) {
  const { cursor, stage } = column.dataset;
  if (!cursor || asking.has(column)) return;
  asking.add(column);
  trouble(column, false);
  try {
    const { items, nextCursor } = await get(`/api/stages/${stage}/cards`, new URLSearchParams({ cursor }));
    if (column.dataset.cursor !== cursor) return; // it was loaded anew meanwhile
    setCursor(column, nextCursor);
    const inView = focusedInView(column);
    for (const card of items) place(adopt(card), { isPaged: true });
    localize(column);
    inView?.scrollIntoView({ block: "nearest" });
  } catch {
    trouble(column, true);
  } finally {
    asking.delete(column);
  }
  if (isNearEnd(column) && column.querySelector("button[hidden]")) more(column);
}

// The card that one is at must not be pushed away by those that come in above it.
function focusedInView(column) {
  const card = column.querySelector(".board-card:focus-within");
  const [box, place] = [column.querySelector(".column-scroll"), card].map((each) => each?.getBoundingClientRect());
  return place && place.bottom > box.top && place.top < box.bottom ? card : null;
}

function trouble(column, isThere) {
  column.querySelector(".column-end button").hidden = !isThere;
  column.querySelector(".column-end .spinner-border").hidden = isThere;
}
