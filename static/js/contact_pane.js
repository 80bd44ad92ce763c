// What is known of the contact beside its thread: asked for when the pane shows it, and again when
// something has changed.

import { startParts } from "./contact_parts.js";
import { fetchMarkup, remember, replaceParts } from "./contact_refresh.js";
import { showMessage } from "./found.js";
import { select, opened } from "./selection.js";
import { on } from "./signals.js";
import { localize } from "./times.js";

const SETTLE = 120; // ms: whoever walks through the list looks at none of them
const RETRY = 5000;

const box = document.getElementById("contact-parts");
let waiting = null;
let shown = null; // the contact of the parts
let version = -1;
let asking = null;

// `uncover` closes the pane where it lies over the thread.
export function startContactPane(uncover) {
  startParts(box, { idOf: () => box.dataset.contact, refresh });
  on("caughtUp", () => shown && refreshIn(SETTLE));
  on("gone", clear);
  box.addEventListener("click", (event) => openEvidence(event, uncover));
}

// Called whenever the pane is open and its contact may be another, or a newer one.
export function showParts(contact) {
  if (contact.id !== shown) clear();
  else if (contact.version <= version) return;
  shown = contact.id;
  version = contact.version;
  refreshIn(SETTLE);
}

function clear() {
  clearTimeout(waiting);
  asking = shown = null;
  version = -1;
  delete box.dataset.contact;
  box.replaceChildren();
}

function refreshIn(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, pause);
}

async function refresh(how) {
  const mine = (asking = {});
  const id = shown;
  if (!id) return;
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetchMarkup(`/contacts/${id}/pane`);
    if (asking !== mine) return;
    box.removeAttribute("aria-busy");
    if (answer) show(id, answer.page, how);
  } catch {
    if (asking === mine) refreshIn(RETRY);
  }
}

function show(id, page, how) {
  const fresh = page.querySelector("[data-contact]");
  if (!fresh) return;
  version = Math.max(version, Number(fresh.dataset.version));
  if (box.dataset.contact === id) return replaceParts(box, fresh, how);
  box.dataset.contact = id;
  box.replaceChildren(document.adoptNode(fresh));
  remember(box);
  localize(box);
}

// Evidence of this very thread is shown in it, that of another one opens it.
function openEvidence(event, uncover) {
  const link = event.target.closest("[data-evidence]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { pathname } = new URL(link.href);
  uncover();
  if (pathname === `/inbox/${opened.id}`) return showMessage(link.dataset.evidence);
  select(pathname.split("/").pop(), { message: link.dataset.evidence });
}
