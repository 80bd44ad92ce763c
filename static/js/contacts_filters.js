// What the list of contacts is narrowed to. Kept in the address, under the names that the API takes.

const TYPING = 200; // ms
const byId = (id) => document.getElementById(id);
const form = byId("contact-filters");
const link = byId("export"); // only admins have it

let changed = () => {};

export function startFilters(onChange) {
  changed = onChange;
  let typing = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
  });
  form.addEventListener("change", choose);
  form.addEventListener("input", ({ target }) => {
    clearTimeout(typing);
    if (target.matches('[type="search"], [type="number"]')) typing = setTimeout(choose, TYPING);
  });
  byId("clear-filters").addEventListener("click", clearFilters);
  byId("more-filters").addEventListener("click", toggle);
  addEventListener("popstate", () => {
    readAddress();
    show();
    changed();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select, dialog")) return;
    event.preventDefault();
    byId("contact-search").select();
  });
  show();
}

// The query of the API for what is chosen; empty fields say nothing.
export function filterQuery() {
  return new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
}

export function isFiltered() {
  return [...filterQuery().keys()].some((name) => name !== "sort");
}

export function clearFilters() {
  const { sort } = form.elements;
  const kept = sort.value;
  for (const field of form.querySelectorAll("input, select")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
  sort.value = kept;
  choose();
}

// Where the fields no longer say what the address does. Answers whether that was so.
export function chooseAgain() {
  // A number that is no score yet says nothing yet.
  if (!form.checkValidity()) return false;
  const query = filterQuery().toString();
  if (query === location.search.slice(1)) return false;
  history.replaceState(null, "", location.pathname + (query && `?${query}`));
  show();
  changed();
  return true;
}

function choose() {
  chooseAgain();
}

function readAddress() {
  const given = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll("input, select")) {
    if (field.type === "checkbox") field.checked = given.getAll(field.name).includes(field.value);
    else field.value = given.get(field.name) ?? "";
  }
}

function show() {
  const names = new Set(filterQuery().keys());
  const count = [...names].filter((name) => !["q", "sort"].includes(name)).length;
  byId("filter-count").textContent = count || "";
  byId("filter-count").hidden = !count;
  byId("clear-filters").hidden = !isFiltered();
  if (link) link.href = `/api/contacts/export.csv?${filterQuery()}`;
}

// On small screens they stand behind a button.
function toggle() {
  const isOpen = form.classList.toggle("is-open");
  byId("more-filters").setAttribute("aria-expanded", String(isOpen));
}
