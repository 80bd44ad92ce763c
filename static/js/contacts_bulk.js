// One thing done with many contacts: slice by slice, so that one sees how far it is, and can stop.

import { post } from "./api.js";
import { ask } from "./confirm.js";
import { filterQuery } from "./contacts_filters.js";
import { announce, toast } from "./toasts.js";

const byId = (id) => document.getElementById(id);
const bar = byId("bulk");
const progress = byId("bulk-progress");
const MANY = 50; // contacts; more are asked about first

const MOST_TICKED = 500;

let isAll = false; // all that match, not only those that are shown
let isStopped = false;
let done = () => {};

export function startBulk(onDone) {
  done = onDone;
  byId("choose-all").addEventListener("change", ({ target }) => {
    for (const row of rowsShown()) boxOf(row).checked = target.checked;
    isAll = false;
    show();
  });
  byId("contact-rows").addEventListener("change", () => {
    isAll = false;
    show();
  });
  byId("choose-matching").addEventListener("click", () => {
    isAll = true;
    show();
  });
  byId("bulk-clear").addEventListener("click", clear);
  byId("contact-filters").addEventListener("change", clear);
  addEventListener("inbox:counted", show);
  for (const select of bar.querySelectorAll("[data-bulk]")) select.addEventListener("change", () => act(select));
  progress.querySelector("button").addEventListener("click", () => (isStopped = true));
  byId("bulk-analyze")?.addEventListener("click", analyze);
}

export const rowsShown = () => [...byId("contact-rows").rows];
const boxOf = (row) => row.querySelector("[data-choose]");
const chosenRows = () => rowsShown().filter((row) => boxOf(row).checked);
const total = () => Number(byId("contacts-total").dataset.count ?? 0);
const count = () => (isAll ? total() : chosenRows().length);

function show() {
  const rows = chosenRows();
  if (!rows.length) isAll = false;
  bar.hidden = !rows.length;
  byId("choose-all").checked = rows.length > 0 && rows.length === rowsShown().length;
  byId("choose-all").indeterminate = rows.length > 0 && rows.length < rowsShown().length;
  byId("bulk-count").textContent = `${count().toLocaleString()} chosen`;
  const more = byId("choose-matching");
  more.hidden = isAll || rows.length < rowsShown().length || total() <= rows.length;
  more.textContent = `Choose all ${total().toLocaleString()} that match`;
  showMerge(rows);
}

// Two of one Page, on two platforms, may be one person.
function showMerge(rows) {
  const [one, other] = rows;
  const fits = !isAll && rows.length === 2 && one.dataset.page === other.dataset.page && one.dataset.platforms !== other.dataset.platforms && rows.every((row) => !row.dataset.platforms.includes(" "));
  byId("bulk-merge").hidden = !fits;
  if (fits) byId("bulk-merge").href = `/contacts/${one.dataset.id}/merge?with=${other.dataset.id}`;
}

function clear() {
  for (const row of rowsShown()) boxOf(row).checked = false;
  isAll = false;
  show();
}

// What is chosen, as the API takes it: the body, and the query that "all" is about.
function chosen() {
  return isAll ? { body: { all: true }, query: filterQuery(), count: total() } : { body: { ids: chosenRows().map(({ dataset }) => dataset.id) }, query: new URLSearchParams(), count: count() };
}

async function act(select) {
  const { bulk, key } = select.dataset;
  const { value } = select;
  const label = select.selectedOptions[0].textContent;
  select.value = "";
  if (!value || !progress.hidden) return;
  const tag = value === "new" ? await newTag() : null;
  if (value === "new" && !tag) return;
  const { body, query, count: many } = chosen();
  const question = { title: `Change ${many.toLocaleString()} contacts?`, text: `${select.options[0].textContent.replace("…", "")}: ${tag?.name ?? label}`, label: "Change them", tone: "primary" };
  if (many > MANY && !(await ask(question))) return;
  await run("/api/contacts/bulk", { ...body, action: bulk, [key]: tag?.id ?? (value === "null" ? null : value) }, query, { many });
}

// One that is there already, or from now on.
async function newTag() {
  const { askName } = await import("./contacts_new_tag.js");
  const name = await askName();
  try {
    return name && (await post("/api/tags", { name }));
  } catch (error) {
    return void toast(Object.values(error.fields ?? {})[0] ?? error.message);
  }
}

// `carry` says what of one answer goes into the next request.
async function run(path, body, query, { many, carry = () => ({}), said: verb = "changed" }) {
  isStopped = false;
  let carried = {};
  let finished = 0;
  progress.hidden = false;
  try {
    for (const part of parts(body)) {
      for (let after = "0"; after !== null && !isStopped; ) {
        const answer = await post(`${path}?${query}`, { ...part, ...carried, after });
        carried = carry(answer);
        finished += answer.done;
        after = answer.nextAfter;
        showProgress(finished, many);
      }
    }
    const said = `${finished.toLocaleString()} contact${finished === 1 ? "" : "s"} ${verb}${isStopped ? ", then stopped" : ""}`;
    toast(said);
    announce(said);
    clear();
  } catch (error) {
    toast(`${finished} ${verb}, then: ${Object.values(error.fields ?? {})[0] ?? error.message}`);
  } finally {
    progress.hidden = true;
    done();
  }
}

// The API takes so many ids at once.
function* parts({ ids, ...body }) {
  if (!ids) yield body;
  for (let from = 0; from < (ids?.length ?? 0); from += MOST_TICKED) yield { ...body, ids: ids.slice(from, from + MOST_TICKED) };
}

function showProgress(finished, many) {
  progress.querySelector("progress").value = many ? Math.min(1, finished / many) : 1;
  progress.querySelector("span").textContent = `${finished.toLocaleString()} of ${Math.max(many, finished).toLocaleString()}`;
}

async function analyze() {
  if (!progress.hidden) return;
  const { analyzeChosen } = await import("./contacts_analyze.js");
  await analyzeChosen(chosen(), run);
}
