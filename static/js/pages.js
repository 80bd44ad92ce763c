// The part of the open thread that this browser has: always without holes, from some message on to
// the newest. Older ones come page by page.

import { get } from "./api.js";
import * as bubbles from "./bubbles.js";
import { first } from "./first.js";
import * as scroll from "./scroll.js";
import { opened } from "./selection.js";
import { tell } from "./signals.js";

const PAGE = 30;
const MOST_AT_ONCE = 100; // the API's limit
const MANY = 500; // bubbles after which being at the newest starts over
const NEAR_TOP = 800; // px
const PAUSE = 3000; // ms after a failure

const top = document.getElementById("thread-top");
let older = first.threadCursor; // where the messages before ours begin; null: ours begin the thread
let early = null; // what came while the newest page is being asked for
let askingOlder = null;

export function forgetPages() {
  older = null;
  early = [];
  askingOlder = null;
  showTop();
}

// The conversation and its newest page; with `isStale` all that we have of it, anew. What arrives
// meanwhile waits for `takeNewest`.
export async function askNewest(id, { isStale = false } = {}) {
  early ??= [];
  try {
    return await Promise.all([
      get(`/api/conversations/${id}`),
      isStale ? askOurs(id) : askPage(id, { limit: PAGE }),
    ]);
  } catch (error) {
    if (id === opened.id && bubbles.count()) takeEarly(); // else they would stand there alone
    throw error;
  }
}

const askPage = (id, query) => get(`/api/conversations/${id}/messages`, new URLSearchParams(query));

// Any of ours may be missing its neighbours: in one piece as far back as ours reach, or until a
// page does not join ours.
async function askOurs(id) {
  const oldest = bubbles.all()[0]?.dataset.id;
  let page = await askPage(id, { limit: PAGE });
  const items = [...page.items];
  while (page.nextCursor && joinsOurs(page) && !items.some((item) => item.id === oldest)) {
    page = await askPage(id, { before: page.nextCursor, limit: MOST_AT_ONCE });
    items.push(...page.items);
  }
  return { items, nextCursor: page.nextCursor, isWhole: true };
}

// We have its oldest message. If not, there may be a hole before it.
const joinsOurs = ({ items }) => items.length > 0 && Boolean(bubbles.elementOf(items.at(-1).id));

export function takeNewest({ items, nextCursor, isWhole = false }) {
  scroll.withoutJump(() => {
    if (isWhole || !joinsOurs({ items }) || isTooMuch()) {
      bubbles.keepOnly(items);
      older = nextCursor;
    }
    items.forEach(bubbles.merge);
    takeEarly();
    tell("arrange");
  });
  showTop();
}

// A message that came by itself. Returns what bubbles.merge does, or null where it has no place yet.
export function takeLive(shape) {
  if (early) {
    early.push(shape);
    return null;
  }
  // Before the oldest that we have there may be others that we have not: it comes with its page.
  if (older && !bubbles.elementOf(shape.id) && bubbles.isBeforeAll(shape)) return null;
  return bubbles.merge(shape);
}

export const isTooMuch = () => bubbles.count() > MANY && scroll.isAtNewest() && !early;

export async function askOlderIfNear() {
  if (!older || askingOlder || early || scroll.distanceFromTop() >= NEAR_TOP) return;
  const mine = (askingOlder = {});
  showTop();
  try {
    const page = await askPage(opened.id, { before: older, limit: PAGE });
    if (askingOlder !== mine) return;
    takeOlder(page);
    askingOlder = null;
  } catch {
    setTimeout(() => askingOlder === mine && (askingOlder = null), PAUSE);
  }
  showTop();
  if (!scroll.isFilled()) askOlderIfNear();
}

export function showTop() {
  top.querySelector(".thread-begin").hidden = Boolean(older) || !bubbles.count();
  top.querySelector(".spinner-border").hidden = !older || !askingOlder;
}

function takeOlder({ items, nextCursor }) {
  older = nextCursor;
  scroll.withoutJump(() => {
    items.forEach(bubbles.merge);
    tell("arrange");
  });
}

function takeEarly() {
  const waiting = early ?? [];
  early = null;
  waiting.forEach(takeLive);
}
