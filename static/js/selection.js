// Which conversation is open: in the address, so that reload, back and a shared link work.

import { first } from "./first.js";
import { on, tell } from "./signals.js";

const root = document.getElementById("inbox");

export const opened = { id: first.opened?.id ?? null, detail: first.opened };

export function startSelection() {
  addEventListener("popstate", () => choose(idOfAddress()));
  on("conversation", merge);
  on("contact", (contact) => {
    const { detail } = opened;
    if (detail?.contact.id === contact.id && contact.version > detail.contact.version) {
      setDetail({ ...detail, contact });
    }
  });
}

// Opens a conversation, or with null goes back to the list.
// `message` is one to be led to.
export function select(id, { replace = false, message = null } = {}) {
  if (id === opened.id) return showPane();
  const address = (id ? `/inbox/${id}` : "/inbox") + location.search + (message ? `#m-${message}` : "");
  history[replace ? "replaceState" : "pushState"](null, "", address);
  choose(id);
}

// `detail` is the open conversation's shape with its whole page, or a newer row of it.
export function setDetail(detail) {
  opened.detail = detail;
  tell("detail", detail);
}

function choose(id) {
  opened.id = id;
  opened.detail = null;
  showPane();
  tell("selected", id);
}

function showPane() {
  root.dataset.pane = opened.id ? "thread" : "list";
}

function merge(row) {
  const { detail } = opened;
  if (row.id !== opened.id || !detail || row.version <= detail.version) return;
  // Another one where two contacts were merged, or separated: then their versions say nothing.
  const isOlder = row.contact.id === detail.contact.id && row.contact.version < detail.contact.version;
  const contact = isOlder ? detail.contact : row.contact;
  setDetail({ ...row, contact, facebookPage: { ...detail.facebookPage, ...row.facebookPage } });
}

function idOfAddress() {
  return location.pathname.match(/^\/inbox\/(\d+)$/)?.[1] ?? null;
}
