// What can be done with a contact, on its profile and beside a thread: each part is asked for again
// once something has changed, so that both always show what the server would paint.

import { ApiError, patch, post, remove } from "./api.js";
import { ask } from "./confirm.js";
import { toast } from "./toasts.js";

// `root` holds the parts; `idOf()` says whose they are; `refresh()` asks for them again.
export function startParts(root, { idOf, refresh }) {
  const to = (rest) => `/api/contacts/${idOf()}${rest}`;
  const act = (work) => attempt(work, refresh);

  root.addEventListener("change", ({ target }) => {
    if (target.closest("[data-fields]")) save(target, to(""), refresh);
    if (target.matches("[data-stage]")) act(() => patch(to("/stage"), { stageId: target.value || null }));
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    event.preventDefault();
    if (form.matches("[data-tag-form]")) addTag(form, to("/tags"), act);
    if (form.matches("[data-note-form]")) addNote(form, to("/notes"), act);
    if (form.matches("[data-note-edit]")) {
      const { note } = form.closest("[data-note]").dataset;
      const text = form.elements.text.value;
      form.closest("[data-part]").removeAttribute("data-editing");
      act(() => patch(to(`/notes/${note}`), { text }));
    }
  });
  root.addEventListener("keydown", ({ key, target, isComposing }) => {
    if (key === "Enter" && !isComposing && target.closest("[data-fields]")) target.blur(); // leaving a field saves it
  });
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { untag } = button.dataset;
    if (untag) act(() => remove(to(`/tags/${untag}`)));
    if (button.matches("[data-analyze]")) analyze(button, to("/analyze"), act);
    if (button.matches("[data-pin]")) act(() => patch(to("/stage"), { isPinned: button.getAttribute("aria-pressed") !== "true" }));
    if (button.matches("[data-edit-note]")) editNote(button.closest("[data-note]"));
    if (button.matches("[data-cancel-note]")) {
      button.closest("[data-part]").removeAttribute("data-editing");
      refresh({ isForced: true });
    }
    if (button.matches("[data-delete-note]")) deleteNote(button.closest("[data-note]"), to, act);
  });
  root.addEventListener("change", ({ target }) => {
    // A name of the list was picked with the mouse.
    if (target.matches("#new-tag") && target.value) target.form.requestSubmit();
  });
}

async function attempt(work, refresh) {
  try {
    const answer = await work();
    await refresh({ isForced: true });
    return answer ?? true;
  } catch (error) {
    toast(saying(error));
    await refresh({ isForced: true });
    return null;
  }
}

const saying = (error) => (error instanceof ApiError ? Object.values(error.fields ?? {})[0] ?? error.message : "That did not work.");

async function save(field, path, refresh) {
  const place = document.getElementById(`${field.id}-error`);
  try {
    await patch(path, { [field.name]: field.value.trim() });
    field.removeAttribute("aria-invalid");
    place.hidden = true;
    await refresh();
  } catch (error) {
    field.setAttribute("aria-invalid", "true");
    place.textContent = saying(error);
    place.hidden = false;
  }
}

async function addTag(form, path, act) {
  const name = form.elements.tag.value.trim();
  if (!name) return;
  form.elements.tag.value = "";
  await act(() => post(path, { name }));
  document.getElementById("new-tag")?.focus();
}

async function addNote(form, path, act) {
  const field = form.elements.text;
  const text = field.value.trim();
  if (!text || field.disabled) return;
  field.disabled = true; // pressed twice it is one note
  field.value = "";
  const made = await act(() => post(path, { text }));
  const fresh = document.getElementById("new-note");
  if (!fresh) return;
  fresh.disabled = false;
  if (!made) fresh.value = text;
  fresh.focus();
}

function editNote(item) {
  item.closest("[data-part]").setAttribute("data-editing", ""); // what comes meanwhile must not take it away
  const text = item.querySelector(".note-text");
  const form = document.createElement("form");
  form.dataset.noteEdit = "";
  const field = Object.assign(document.createElement("textarea"), { name: "text", value: text.innerText, rows: 3, maxLength: 5000 });
  field.setAttribute("aria-label", "Note");
  const button = (words, type, className) => Object.assign(document.createElement("button"), { textContent: words, type, className });
  const cancel = button("Cancel", "button", "link-button");
  cancel.dataset.cancelNote = "";
  form.append(field, button("Save", "submit", "btn btn-sm"), cancel);
  item.querySelector(".note-buttons").hidden = true;
  text.replaceWith(form);
  field.focus();
}

async function deleteNote(item, to, act) {
  if (!(await ask({ title: "Delete this note?", text: "It is gone for everybody.", label: "Delete" }))) return;
  act(() => remove(to(`/notes/${item.dataset.note}`)));
}

async function analyze(button, path, act) {
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  await act(() => post(path));
}
