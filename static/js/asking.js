// Pages of a thread's messages, asked for beside those that this browser has ("ours").

import { get } from "./api.js";
import * as bubbles from "./bubbles.js";

export const PAGE = 30;
export const MOST_AT_ONCE = 100; // the API's limit

export const askPage = (id, query) => get(`/api/conversations/${id}/messages`, new URLSearchParams(query));

// Any of ours may be missing its neighbours: in one piece as far back as ours reach, or until a
// page does not join ours.
export async function askOurs(id) {
  let page = await askPage(id, { limit: PAGE });
  const items = [...page.items];
  while (page.nextCursor && joinsOurs(page) && !hasOurOldest(page)) {
    page = await askPage(id, { before: page.nextCursor, limit: MOST_AT_ONCE });
    items.push(...page.items);
  }
  return { items, nextCursor: page.nextCursor, isWhole: true };
}

// From this cursor on, the page with our oldest message, and whatever stands before that now.
export async function askAsFarAsOurs(id, before) {
  for (;;) {
    const page = await askPage(id, { limit: MOST_AT_ONCE, ...(before && { before }) });
    if (!page.nextCursor || hasOurOldest(page)) return { page, before };
    before = page.nextCursor;
  }
}

// We have its oldest message. If not, there may be a hole before it.
export const joinsOurs = ({ items }) => items.length > 0 && Boolean(bubbles.elementOf(items.at(-1).id));

const hasOurOldest = ({ items }) => items.some(({ id }) => id === bubbles.oldest()?.dataset.id);
