// Leads to one message of the open thread, wherever in it that stands.

import { elementOf, fill } from "./bubbles.js";
import { reach } from "./pages.js";
import * as scroll from "./scroll.js";
import { on } from "./signals.js";
import { toast } from "./toasts.js";

const SHOWN = 1600; // ms

// A link may name a message: /inbox/5#m-12.
export function startFound() {
  on("settled", () => {
    const id = location.hash.match(/^#m-(\d+)$/)?.[1];
    if (!id) return;
    history.replaceState(history.state, "", location.pathname + location.search); // once is enough
    showMessage(id);
  });
}

export async function showMessage(id) {
  if (!(await reach(id))) return toast("That message could not be found here.");
  const bubble = elementOf(id);
  fill(bubble);
  // A long glide would pass so much that it is cut off by what loads on the way.
  scroll.toElement(bubble, { smoothly: isNear(bubble) });
  bubble.classList.add("is-found");
  setTimeout(() => bubble.classList.remove("is-found"), SHOWN);
}

function isNear(bubble) {
  const { top } = bubble.getBoundingClientRect();
  return Math.abs(top) < 2 * innerHeight;
}
