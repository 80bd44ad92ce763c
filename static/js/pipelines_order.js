// The order of stages, by dragging the handle or with the arrow keys on it.

import { patch } from "./api.js";
import { announce, toast } from "./toasts.js";

const PAUSE = 400; // ms: several steps in a row are one change

export function startOrder(list) {
  let waiting = null;
  const keepSoon = () => {
    list.classList.add("is-sorting"); // nothing may move it meanwhile
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(list), PAUSE);
  };
  globalThis.Sortable.create(list, {
    draggable: ".stage-row",
    handle: ".stage-handle",
    forceFallback: true,
    fallbackClass: "is-carried",
    ghostClass: "is-gap",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && keep(list),
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const handle = event.target.closest(".stage-handle");
    if (!step || !handle) return;
    event.preventDefault();
    const row = handle.closest(".stage-row");
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    step < 0 ? other.before(row) : other.after(row);
    handle.focus();
    announce(`${row.dataset.name}, place ${[...list.children].indexOf(row) + 1} of ${list.children.length}`);
    keepSoon();
  });
}

async function keep(list) {
  list.classList.add("is-sorting");
  const stageIds = [...list.querySelectorAll(".stage-row")].map(({ dataset }) => dataset.stage);
  try {
    await patch(`/api/pipelines/${list.closest(".pipeline").dataset.pipeline}`, { stageIds });
    toast("Order saved");
  } catch (error) {
    toast(Object.values(error.fields ?? {})[0] ?? error.message);
  } finally {
    list.classList.remove("is-sorting");
  }
}
