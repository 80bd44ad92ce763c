// Settings → Pipelines: stages are edited in place, ordered by hand, and asked about before they go.

import "../vendor/sortablejs-1.15.6/Sortable.min.js";

import { patch, post, remove } from "./api.js";
import { startLive } from "./pipelines_live.js";
import { startOrder } from "./pipelines_order.js";
import { toast } from "./toasts.js";

const byId = (id) => document.getElementById(id);

export function mount(root) {
  const paint = () => root.querySelectorAll(".stage-list").forEach((list) => {
    showNumbers(list);
    startOrder(list);
  });
  paint();
  startLive(root, paint);
  root.addEventListener("click", ({ target }) => {
    const found = Object.keys(CLICKS).find((name) => target.closest(`[${name}]`));
    if (found) CLICKS[found](target.closest(".stage-row"), target.closest(".pipeline"));
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    const act = form.matches("[data-create]") ? create : form.matches("[data-add]") ? add : save;
    act(form, Object.fromEntries(new FormData(form))).catch((error) => fault(form, error));
  });
}

const CLICKS = {
  "data-edit": (row) => setOpen(row, row.querySelector("form").hidden),
  "data-cancel": (row) => setOpen(row, false),
  "data-delete": (row, pipeline) => deleteStage(row, pipeline),
  "data-rename": (_, pipeline) => rename(pipeline),
  "data-default": (_, pipeline) => shape(pipeline, { isDefault: true }),
  "data-delete-pipeline": (_, pipeline) => deletePipeline(pipeline),
};

function setOpen(row, isOpen) {
  const form = row.querySelector("form");
  const button = row.querySelector("[data-edit]");
  if (!isOpen) form.reset();
  form.hidden = !isOpen;
  button.setAttribute("aria-expanded", String(isOpen));
  isOpen ? form.elements.name.select() : button.focus();
}

async function save(form, { name, colour, type, description }) {
  const row = form.closest(".stage-row");
  const made = await patch(`/api/stages/${row.dataset.stage}`, { name, colour, type, description: description.replace(/\s+/g, " ") });
  const fresh = toElement(made.html);
  row.replaceWith(fresh);
  showNumbers(fresh.parentElement);
  byId("leave-to").querySelector(`option[value="${made.id}"]`).textContent = made.name;
  fresh.querySelector("[data-edit]").focus();
  toast("Stage saved");
}

async function add(form, { name }) {
  const { pipeline } = form.closest(".pipeline").dataset;
  await post(`/api/pipelines/${pipeline}/stages`, { name });
  location.reload(); // it stands before those who are won and lost
}

async function create(form, { name }) {
  await post("/api/pipelines", { name });
  location.reload();
}

async function rename(pipeline) {
  byId("rename-to").value = pipeline.dataset.name;
  if (!(await asked(byId("rename")))) return;
  const name = byId("rename-to").value.trim();
  if (name && name !== pipeline.dataset.name) shape(pipeline, { name });
}

async function shape(pipeline, what) {
  try {
    await patch(`/api/pipelines/${pipeline.dataset.pipeline}`, what);
    location.reload();
  } catch (error) {
    toast(reason(error));
  }
}

async function deleteStage(row, pipeline) {
  const number = Number(row.dataset.count);
  const where = await askWhere(`Delete the stage ${row.dataset.name}?`, number, [row.dataset.stage]);
  if (where === null) return;
  await leave(`/api/stages/${row.dataset.stage}`, where, pipeline);
}

async function deletePipeline(pipeline) {
  const rows = [...pipeline.querySelectorAll(".stage-row")];
  const number = rows.reduce((sum, { dataset }) => sum + Number(dataset.count), 0);
  const where = await askWhere(`Delete the pipeline ${pipeline.dataset.name}?`, number, rows.map(({ dataset }) => dataset.stage));
  if (where === null) return;
  await leave(`/api/pipelines/${pipeline.dataset.pipeline}`, where, pipeline);
}

async function leave(path, where, pipeline) {
  pipeline.setAttribute("aria-busy", "true");
  try {
    let success;
    do ({ success } = await remove(where ? `${path}?moveTo=${where}` : path));
    while (!success); // a hundred thousand contacts take more than one request
    location.reload();
  } catch (error) {
    pipeline.removeAttribute("aria-busy");
    toast(reason(error));
  }
}

// Resolves to where the contacts go, "" where nobody is to be moved, or null for no.
async function askWhere(title, number, leaving) {
  byId("leave-title").textContent = title;
  byId("leave-text").textContent = number
    ? `${number === 1 ? "1 contact stands" : `${number.toLocaleString("en-GB")} contacts stand`} there. Their history stays.`
    : "Nobody stands there.";
  byId("leave-where").hidden = !number;
  const select = byId("leave-to");
  select.required = Boolean(number);
  select.value = "";
  for (const option of select.querySelectorAll("option")) option.hidden = option.disabled = leaving.includes(option.value);
  if (!(await asked(byId("leave")))) return null;
  return number ? select.value : "";
}

function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

function showNumbers(list) {
  const counts = JSON.parse(list.dataset.counts);
  for (const row of list.querySelectorAll(".stage-row")) {
    const number = counts[row.dataset.stage] ?? 0;
    row.dataset.count = number;
    const word = Object.assign(document.createElement("span"), { textContent: number === 1 ? " contact" : " contacts" });
    row.querySelector("[data-number]").replaceChildren(number.toLocaleString("en-GB"), word);
  }
}

function fault(form, error) {
  const place = form.querySelector(".stage-fault");
  place.hidden = false;
  place.textContent = reason(error);
}

function reason(error) {
  return Object.values(error.fields ?? {})[0] ?? error.message;
}

function toElement(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}
