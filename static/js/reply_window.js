// When Meta lets us answer, as inbox/meta/window.py knows it; the server has the last word.

import { duration, fullTime } from "./times.js";

const HOUR = 3600_000;
const STANDARD = 24 * HOUR;
const HUMAN_AGENT = 7 * 24 * HOUR;
const SOON = 2 * HOUR;

// {isOpen, isSoon, text}: whether one may write, and what to say about it.
export function replyWindow({ lastIncomingAt, facebookPage, platform }, now = Date.now()) {
  if (!lastIncomingAt) {
    return { isOpen: false, text: "This person has not written to the Page yet, so Meta lets nobody write to them." };
  }
  const wrote = Date.parse(lastIncomingAt);
  const standardEnd = wrote + STANDARD;
  const end = facebookPage.hasHumanAgent ? wrote + HUMAN_AGENT : standardEnd;
  if (now >= end) {
    const span = facebookPage.hasHumanAgent ? "7 days" : "24 hours";
    const app = platform === "INSTAGRAM" ? "Instagram" : "Messenger";
    return {
      isOpen: false,
      text: `The ${span} that Meta gives for an answer on ${app} ended on ${fullTime(new Date(end))}. You can answer again as soon as this person writes.`,
    };
  }
  const left = duration(end - now);
  const text = now < standardEnd ? `You can answer for ${left}` : `Answering as a human agent for ${left} more`;
  return { isOpen: true, isSoon: end - now < SOON, text };
}
