// The organization's tags in a dialog: a name is changed where it stands, and whoever deletes one is
// told how many contacts have it. The page behind is brought up to date at the end.

import { get, patch, post, remove } from "./api.js";
import { ask } from "./confirm.js";
import { fetchMarkup } from "./contact_refresh.js";
import { toast } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const copyOf = (id) => byId(id).content.firstElementChild.cloneNode(true);

let dialog;
let hasChanged;
let underWay; // what was left last may not be kept yet when the dialog closes

// Calls `done` once it is closed, with whether something is other than before.
export async function manageTags(done) {
  try {
    const { items } = await get("/api/tags", "counted=1");
    open(items, done);
  } catch (error) {
    toast(error.message);
  }
}

function open(tags, done) {
  dialog = copyOf("tags-dialog");
  hasChanged = false;
  underWay = Promise.resolve();
  dialog.querySelector("ul").append(...tags.map(rowOf));
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", add);
  dialog.addEventListener("close", async () => {
    dialog.remove();
    await underWay;
    if (hasChanged) await renew();
    done(hasChanged);
  });
  document.body.append(dialog);
  showNone();
  dialog.showModal();
}

function rowOf(tag) {
  const row = copyOf("tags-row");
  const [colour, name] = row.querySelectorAll("input");
  const many = tag.contacts ?? 0;
  colour.value = tag.colour;
  const words = Object.assign(document.createElement("span"), { textContent: many === 1 ? " contact" : " contacts" });
  row.querySelector(".tags-count").append(many.toLocaleString("en-GB"), words);
  const show = () => {
    name.value = tag.name;
    name.setAttribute("aria-label", `Name of ${tag.name}`);
    colour.previousElementSibling.textContent = `Colour of ${tag.name}`;
    row.querySelector("button").setAttribute("aria-label", `Delete ${tag.name}`);
  };
  show();
  const keep = (what, said) => change(tag, what, said).then(show);
  colour.addEventListener("change", () => keep({ colour: colour.value }, `${tag.name} has another colour`));
  name.addEventListener("change", () => {
    const wanted = name.value.trim();
    if (!wanted || wanted === tag.name) return show();
    keep({ name: wanted }, `${tag.name} is ${wanted} now`);
  });
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter") name.blur();
    if (event.key !== "Escape" || name.value === tag.name) return;
    event.preventDefault(); // it takes back what was typed, and only then closes the dialog
    show();
  });
  row.querySelector("button").addEventListener("click", () => takeAway(tag, row, many));
  return row;
}

async function change(tag, what, said) {
  await tried(async () => {
    Object.assign(tag, await patch(`/api/tags/${tag.id}`, what));
    tell(said);
  });
}

async function takeAway(tag, row, many) {
  const where = many ? `It goes from ${many === 1 ? "1 contact" : `${many.toLocaleString("en-GB")} contacts`}.` : "It is on no contact.";
  if (!(await ask({ title: `Delete the tag ${tag.name}?`, text: where, label: "Delete" }))) return;
  await tried(async () => {
    await remove(`/api/tags/${tag.id}`);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    showNone();
    (next?.querySelector("[data-delete]") ?? byId("tags-new")).focus();
    tell(`${tag.name} is deleted`);
  });
}

async function add(event) {
  event.preventDefault();
  const field = byId("tags-new");
  await tried(async () => {
    const tag = await post("/api/tags", { name: field.value });
    const rows = dialog.querySelector("ul");
    if (![...rows.querySelectorAll(".tags-name")].some(({ value }) => value === tag.name)) rows.append(rowOf(tag));
    rows.lastElementChild.scrollIntoView({ block: "nearest" });
    field.value = "";
    showNone();
    tell(`${tag.name} is added`);
  });
}

function tried(work) {
  dialog.querySelector(".tags-fault").hidden = true;
  underWay = underWay.then(work).catch((error) => showFault(Object.values(error.fields ?? {})[0] ?? error.message));
  return underWay;
}

function showFault(text) {
  if (!dialog.isConnected) return toast(text);
  const fault = dialog.querySelector(".tags-fault");
  fault.textContent = text;
  fault.hidden = false;
}

function tell(said) {
  hasChanged = true;
  dialog.querySelector("[data-said]").textContent = said;
}

function showNone() {
  dialog.querySelector(".tags-none").hidden = dialog.querySelector(".tags-row") !== null;
}

// What the page offers to choose from: the filter's tags, and those of many at once.
async function renew() {
  const fresh = await fetchMarkup(location.href).catch(() => null);
  for (const selector of [".filter-tags", "[data-bulk=TAG]", "[data-bulk=UNTAG]"]) {
    const [place, found] = [document, fresh?.page].map((page) => page?.querySelector(selector));
    if (!place || !found) continue;
    place.hidden = found.hidden;
    place.replaceChildren(...found.children);
  }
}
