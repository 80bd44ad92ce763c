// Meta tells up to when the person has read: everything we sent before that is read.

import { fill } from "./bubbles.js";

export function showReadMarks({ contactReadAt }) {
  if (!contactReadAt) return;
  const unread = document.querySelectorAll('#messages .message-out:is([data-delivery="SENT"], [data-delivery="DELIVERED"])');
  for (const message of unread) {
    if (message.dataset.timestamp > contactReadAt) continue;
    fill(message);
    message.dataset.delivery = "READ";
    const label = message.querySelector("[data-delivery-label]");
    if (label) label.textContent = "Read";
  }
}
