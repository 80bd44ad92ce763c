// A card goes to another stage, and back.

import { patch, post } from "./api.js";
import { cardOf, lift, settle } from "./board_cards.js";
import { nameOf, shiftCount } from "./board_columns.js";
import { refresh } from "./board_live.js";
import { announce, toast } from "./toasts.js";

const MOST_UNDONE = 50;
const done = []; // {id, moveId, name, hide}: what Ctrl+Z takes back, the newest last

export const nameIn = (card) => card.querySelector(".card-name").textContent;

// At once on screen; what the server says of it follows. Null takes it off the board.
export async function moveTo(id, stageId) {
  const card = cardOf(id);
  const before = card?.dataset.stage;
  if (!card || before === stageId) return;
  const name = nameIn(card);
  shiftCount(before, -1);
  if (stageId) {
    shiftCount(stageId, 1);
    lift(id, stageId);
  } else card.hidden = true;
  try {
    const { moveId, version } = await patch(`/api/contacts/${id}/stage`, { stageId });
    settle(id, version);
    const text = stageId ? `${name} moved to ${nameOf(stageId)}` : `${name} taken off the board`;
    const hide = toast(text, moveId && { label: "Undo", act: () => undo(moveId) });
    if (moveId) remember({ id, moveId, name, hide });
  } catch (error) {
    card.hidden = false;
    settle(id);
    toast(reason(error));
  }
  refresh(id);
}

export async function pin(id, isPinned) {
  try {
    await patch(`/api/contacts/${id}/stage`, { isPinned });
    announce(isPinned ? "Pinned" : "Unpinned");
  } catch (error) {
    toast(reason(error));
  }
  refresh(id);
}

// This move, or the newest one.
export async function undo(moveId = done.at(-1)?.moveId) {
  const index = done.findIndex((move) => move.moveId === moveId);
  if (index < 0) return;
  const [{ id, name, hide }] = done.splice(index, 1);
  hide();
  try {
    const { stageId } = await post(`/api/contacts/${id}/stage/undo`, { moveId });
    const where = stageId && nameOf(stageId);
    toast(where ? `${name} is back in ${where}` : `${name} is back where it was`);
  } catch (error) {
    toast(reason(error));
  }
  refresh(id);
}

function remember(move) {
  done.push(move);
  if (done.length > MOST_UNDONE) done.shift();
}

function reason(error) {
  return Object.values(error.fields ?? {})[0] ?? error.message;
}
