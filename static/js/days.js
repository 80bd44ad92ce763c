// Day lines, groups of one author, and the "new messages" line between the bubbles.

import { dayKey, dayName } from "./times.js";

const GROUP = 5 * 60_000; // ms between two bubbles that still belong together

// Looks at all bubbles in order; changes only what is no longer right. `firstUnread` is the element
// before which the "new messages" line stands, or null.
export function arrange(bubbles, firstUnread) {
  let previous = null;
  for (const bubble of bubbles) {
    const moment = new Date(bubble.dataset.timestamp);
    const key = dayKey(moment);
    const startsDay = !previous || previous.key !== key;
    const startsUnread = bubble === firstUnread;
    linesBefore(bubble, startsDay ? { key, name: dayName(moment) } : null, startsUnread);
    const goesOn = previous && !startsDay && !startsUnread && isSameVoice(previous.bubble, bubble);
    const continues = goesOn && moment - previous.moment < GROUP;
    bubble.classList.toggle("is-same-voice", Boolean(goesOn));
    bubble.classList.toggle("is-continued", Boolean(continues));
    previous?.bubble.classList.toggle("is-last", !continues);
    previous = { bubble, key, moment };
  }
  previous?.bubble.classList.add("is-last");
}

// At midnight "Today" becomes "Yesterday".
export function renameDays(list) {
  for (const line of list.querySelectorAll(".day-line")) {
    line.firstElementChild.textContent = dayName(new Date(Number(line.dataset.moment)));
  }
}

function linesBefore(bubble, day, isUnread) {
  const found = [];
  for (let line = bubble.previousElementSibling; line && !line.matches(".message"); line = line.previousElementSibling) found.unshift(line);
  const wanted = [day && `day-${day.key}`, isUnread && "unread"].filter(Boolean);
  if (found.map((line) => line.dataset.line).join() === wanted.join()) return;
  found.forEach((line) => line.remove());
  if (day) bubble.before(line("day-line", `day-${day.key}`, day.name, Date.parse(bubble.dataset.timestamp)));
  if (isUnread) bubble.before(line("unread-line", "unread", "New messages"));
}

function line(className, name, text, moment = "") {
  const element = document.createElement("div");
  element.className = className;
  element.setAttribute("role", "separator");
  element.setAttribute("aria-label", text);
  Object.assign(element.dataset, { line: name, moment });
  element.append(Object.assign(document.createElement("span"), { textContent: text }));
  return element;
}

function isSameVoice(a, b) {
  return (
    a.dataset.direction === b.dataset.direction &&
    a.dataset.author === b.dataset.author &&
    !a.matches(".is-activity") &&
    !b.matches(".is-activity")
  );
}
