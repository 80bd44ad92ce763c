// The columns of the board, and how many cards each holds.

const number = new Intl.NumberFormat("en-GB");
const root = () => document.getElementById("columns");

export const columns = () => [...root().querySelectorAll(".column")];
export const columnOf = (stageId) => root().querySelector(`.column[data-stage="${stageId}"]`);
export const listOf = (stageId) => columnOf(stageId)?.querySelector(".cards") ?? null;
export const nameOf = (stageId) => columnOf(stageId)?.querySelector("[data-stage-name]").textContent ?? null;

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
