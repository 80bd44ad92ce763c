// A column is loaded page by page, as one comes to what is further down.

import { get } from "./api.js";
import { adopt, place } from "./board_cards.js";
import { columns, setCursor } from "./board_columns.js";
import { localize } from "./times.js";

const asking = new Set(); // columns whose next page is on its way

export function startPaging() {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) more(target.closest(".column"));
  }, { root: document.getElementById("columns"), rootMargin: "400px" });
  for (const column of columns()) {
    const end = column.querySelector(".column-end");
    seen.observe(end);
    end.querySelector("button").addEventListener("click", () => more(column));
    column.querySelector(".column-scroll").addEventListener("scroll", () => isNearEnd(column) && more(column), { passive: true });
  }
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
