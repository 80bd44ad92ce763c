// Asks for the name of a new tag. Resolves to it, or to "" when nothing was given.

export function askName() {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  dialog.setAttribute("aria-label", "New tag");
  const form = document.createElement("form");
  form.method = "dialog";
  const field = Object.assign(document.createElement("input"), { className: "form-control", maxLength: 40, required: true, autocomplete: "off", dir: "auto" });
  field.setAttribute("aria-label", "Name of the tag");
  const buttons = Object.assign(document.createElement("div"), { className: "question-buttons" });
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Cancel" });
  cancel.addEventListener("click", () => dialog.close());
  buttons.append(cancel, Object.assign(document.createElement("button"), { className: "btn btn-primary", value: "yes", textContent: "Add" }));
  form.append(Object.assign(document.createElement("h2"), { textContent: "New tag" }), field, buttons);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? field.value.trim() : "");
    });
  });
}
