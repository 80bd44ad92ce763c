// The board: its parts.

import { startDrag } from "./board_drag.js";
import { startKeys } from "./board_keys.js";
import { showWanted, startLive } from "./board_live.js";
import { startMenu } from "./board_menu.js";
import { startPaging } from "./board_paging.js";
import { startConnection } from "./connection.js";
import { start as startRealtime } from "./realtime.js";
import { startTimes } from "./times.js";

export function mount(board) {
  startTimes();
  startPaging();
  startLive(board);
  startMenu(board);
  startKeys();
  startDrag(board);
  startConnection();
  showWanted().catch(() => {}); // the board is there without it
  startRealtime(null);
  document.getElementById("pipeline-choice")?.addEventListener("change", ({ target }) => location.assign(`/board/${target.value}`));
  // A picture that does not load shows what is below it, not a broken frame.
  board.addEventListener("error", ({ target }) => target.matches?.(".avatar-initials img") && target.remove(), true);
}
