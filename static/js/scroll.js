// The thread's scroll: stays at the newest while one is there, never jumps while one reads.

const AT_NEWEST = 60; // px from the end that still count as "there"

const scroller = document.getElementById("thread-scroll");
const content = document.getElementById("messages");
let pinned = true;
let onChange = () => {};

export function startScroll(listener) {
  onChange = listener;
  scroller.addEventListener("scroll", noticeScroll, { passive: true });
  // The composer grows, the keyboard comes up, a bubble gets its reactions.
  const observer = new ResizeObserver(() => (pinned ? toNewest() : noticeScroll()));
  observer.observe(scroller);
  observer.observe(content);
}

export const isAtNewest = () => pinned;
export const distanceFromTop = () => scroller.scrollTop;
export const isFilled = () => scroller.scrollHeight > scroller.clientHeight + 1;

export function toNewest({ smoothly = false } = {}) {
  pinned = true;
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smoothly ? "smooth" : "instant" });
}

export function toElement(element, { block = "center", smoothly = false } = {}) {
  pinned = false; // if it turns out to be near the end, the scroll that follows pins again
  element.scrollIntoView({ block, behavior: smoothly ? "smooth" : "instant" });
  if (!smoothly) requestAnimationFrame(noticeScroll); // no scroll follows where there is no room
}

// Runs a change of the room around the thread. Room that comes and goes within it moves the scroll
// up, which must not look like a person's doing.
export function keepPinned(change) {
  const wasPinned = pinned;
  change();
  if (wasPinned) toNewest();
}

// Runs `change` on the bubbles and keeps what the person looks at where it is.
export function withoutJump(change) {
  if (pinned) {
    change();
    return toNewest();
  }
  const anchor = firstInView();
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
}

function firstInView() {
  const { top } = scroller.getBoundingClientRect();
  const bubbles = content.querySelectorAll(":scope > .message");
  let low = 0;
  let high = bubbles.length; // their bottoms are in order: halve
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bubbles[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  return bubbles[low];
}

let lastTop = 0;

function noticeScroll() {
  const rest = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  // Growing content moves the end away without the person scrolling up: still pinned then.
  if (rest <= AT_NEWEST) pinned = true;
  else if (scroller.scrollTop < lastTop - 1) pinned = false;
  lastTop = scroller.scrollTop;
  onChange();
}
