// Dragging cards with a mouse, a pen or a finger (which rests a moment first, so that one can scroll).

import "../vendor/sortablejs-1.15.6/Sortable.min.js";

import { columns } from "./board_columns.js";
import { hold } from "./board_live.js";
import { moveTo } from "./board_moving.js";

const REST = 250; // ms

export function startDrag(board) {
  for (const column of columns()) {
    globalThis.Sortable.create(column.querySelector(".cards"), {
      group: "cards",
      sort: false, // the order is that of entering
      draggable: ".board-card",
      filter: ".card-menu",
      preventOnFilter: false,
      delay: REST,
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      forceFallback: true, // the same with every pointer, and the carried card looks like one
      fallbackOnBody: false,
      fallbackTolerance: 4,
      fallbackClass: "is-carried",
      ghostClass: "is-gap",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      scrollSensitivity: 60,
      bubbleScroll: true,
      onStart: () => carry(board, true),
      onEnd: ({ item, from, to }) => {
        carry(board, false);
        if (from !== to) moveTo(item.dataset.id, to.closest(".column").dataset.stage);
      },
    });
  }
}

function carry(board, isOn) {
  board.toggleAttribute("data-dragging", isOn);
  hold(isOn);
}
