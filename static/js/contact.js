// The contact pane beside the thread; over it on small screens.

import { showAvatar } from "./avatar.js";
import { showParts, startContactPane } from "./contact_pane.js";
import { keep, kept } from "./kept.js";
import { opened } from "./selection.js";
import { on } from "./signals.js";
import { fullTime } from "./times.js";

const pane = document.getElementById("contact-pane");
const toggle = document.getElementById("contact-toggle");
const root = document.getElementById("inbox");
const wide = matchMedia("(min-width: 1200px)");
const roomy = matchMedia("(min-width: 1400px)"); // below, an open pane squeezes the thread's head

let isOpenOverThread = false; // on smaller screens it is opened each time

export function startContact() {
  startContactPane(closeContact);
  on("detail", show);
  on("selected", () => {
    isOpenOverThread = false;
    layOut();
  });
  on("gone", layOut);
  toggle.addEventListener("click", () => setOpen(pane.hidden));
  document.getElementById("contact-close").addEventListener("click", () => setOpen(false));
  wide.addEventListener("change", layOut);
  roomy.addEventListener("change", layOut);
  if (opened.detail) show(opened.detail);
}

// Closes the pane where it lies over the thread; false if there was nothing to close.
export function closeContact() {
  if (wide.matches || pane.hidden) return false;
  setOpen(false);
  return true;
}

function show(detail) {
  const { contact } = detail;
  showAvatar(pane.querySelector(".contact-avatar"), contact);
  fill("name", contact.name);
  fill("username", contact.username && `@${contact.username}`);
  fill("platform", contact.platforms.map((name) => (name === "INSTAGRAM" ? "Instagram" : "Messenger")).join(", "));
  fill("page", detail.facebookPage.name);
  // An import knows people from when it ran: nothing that is worth telling then.
  const [first, last] = [contact.createdAt, detail.lastIncomingAt];
  fill("createdAt", last && first < last && moment(first) !== moment(last) && moment(first));
  fill("lastIncomingAt", moment(detail.lastIncomingAt));
  fill("messengerPsid", contact.messengerPsid);
  fill("instagramSid", contact.instagramSid);
  showReferral(contact.referral);
  layOut();
}

function showReferral(referral) {
  const box = pane.querySelector("[data-fill='referral']");
  box.hidden = !referral;
  if (!referral) return;
  box.querySelector("strong").textContent = referral.adTitle || referral.ref || referral.productId || "A link to your Page";
  box.querySelector("span").textContent = referral.source === "ADS" ? "An ad" : referral.productId ? "A product" : "A link";
}

function fill(name, content) {
  const place = pane.querySelector(`[data-fill="${name}"]`);
  place.replaceChildren(...(content ? [content] : []));
  (place.closest("dl > div") ?? place).hidden = !content;
}

function setOpen(isOpen) {
  if (wide.matches) keep("contact", isOpen ? "open" : "closed");
  isOpenOverThread = isOpen;
  layOut();
  if (!isOpen) toggle.focus();
}

function layOut() {
  const isOpen = Boolean(opened.detail) && (wide.matches ? isWantedBeside() : isOpenOverThread);
  pane.hidden = !isOpen;
  root.toggleAttribute("data-contact-open", isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) showParts(opened.detail.contact);
}

function isWantedBeside() {
  return (kept("contact") ?? (roomy.matches ? "open" : "closed")) === "open";
}

function moment(iso) {
  return iso && fullTime(new Date(iso));
}
