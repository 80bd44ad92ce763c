// The part of the open thread that this browser has: always without holes, from some message on to
// the newest. Older ones come page by page.

import { get } from "./api.js";
import { askAsFarAsOurs, askOurs, askPage, joinsOurs, MOST_AT_ONCE, PAGE } from "./asking.js";
import * as bubbles from "./bubbles.js";
import { first } from "./first.js";
import { lineGoesUp } from "./reading.js";
import * as scroll from "./scroll.js";
import { opened } from "./selection.js";
import { tell } from "./signals.js";

const MANY = 500; // bubbles after which being at the newest starts over
const NEAR_TOP = 800; // px
const PAUSE = 3000; // ms after a failure
const IMPORTING = 2000; // ms between two looks at the beginning while a sync brings messages

const top = document.getElementById("thread-top");
let older = first.threadCursor; // where the messages before ours begin; null: ours begin the thread
let last = null; // where the page began that brought our oldest; null: it was the newest page
let early = null; // what came while the newest page is being asked for
let askingOlder = null;
let lookingAt = null; // the timer of the next look at the beginning

export function forgetPages() {
  older = last = null;
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

export function takeNewest({ items, nextCursor, isWhole = false }) {
  scroll.withoutJump(() => {
    if (isWhole || !joinsOurs({ items }) || isTooMuch()) {
      bubbles.keepOnly(items);
      older = nextCursor;
      last = askingOlder = null; // what is being asked for may not join these
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
    last = older;
    takeOlder(page);
    askingOlder = null;
  } catch {
    setTimeout(() => askingOlder === mine && (askingOlder = null), PAUSE);
  }
  showTop();
  if (!scroll.isFilled()) askOlderIfNear();
}

// Older pages until this message is among ours; false when the thread has begun without it.
export async function reach(id) {
  const conversation = opened.id;
  while (!bubbles.elementOf(id) && older) {
    const mine = (askingOlder = {});
    showTop();
    const page = await askPage(conversation, { before: older, limit: MOST_AT_ONCE }).catch(() => null);
    if (askingOlder !== mine || conversation !== opened.id) return false;
    askingOlder = null;
    if (!page) return false;
    last = older;
    takeOlder(page);
  }
  showTop();
  return Boolean(bubbles.elementOf(id));
}

// A sync stores messages without telling each. Those before ours come by scrolling, unless ours had
// begun the thread: then it is seen whether they still do.
export function lookAtImported() {
  lookingAt ??= setTimeout(() => {
    lookingAt = null;
    askBeginning();
  }, IMPORTING);
}

async function askBeginning() {
  if (older || askingOlder || early || !bubbles.count()) return;
  const mine = (askingOlder = {});
  try {
    const { page, before } = await askAsFarAsOurs(opened.id, last);
    if (askingOlder !== mine) return;
    last = before;
    takeOlder(page);
  } catch {
    lookAtImported();
  }
  if (askingOlder === mine) askingOlder = null;
  showTop();
  askOlderIfNear();
}

export function showTop() {
  top.querySelector(".thread-begin").hidden = Boolean(older) || !bubbles.count();
  top.querySelector(".spinner-border").hidden = !older || !askingOlder;
}

function takeOlder({ items, nextCursor }) {
  older = nextCursor;
  scroll.withoutJump(() => {
    items.forEach(bubbles.merge);
    lineGoesUp(bubbles.all());
    tell("arrange");
  });
}

function takeEarly() {
  const waiting = early ?? [];
  early = null;
  waiting.forEach(takeLive);
}
