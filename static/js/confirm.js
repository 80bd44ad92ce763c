// A form that asks before it posts.

export function mount(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirmed) return;
    event.preventDefault();
    ask(form.dataset).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "true";
      form.requestSubmit();
    });
  });
}

// Resolves to true or false once the person has answered. What destroys nothing has the `tone`
// "primary"; `refusal` is for what is itself called "Cancel".
export function ask({ title, text, label, refusal = "Cancel", tone = "danger" }) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  const heading = Object.assign(document.createElement("h2"), { textContent: title });
  const words = Object.assign(document.createElement("p"), { textContent: text });
  const buttons = document.createElement("form");
  buttons.method = "dialog";
  buttons.className = "question-buttons";
  buttons.append(button(refusal, "btn", "no"), button(label, `btn btn-${tone}`, "yes"));
  dialog.setAttribute("aria-label", title);
  dialog.append(heading, words, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function button(text, className, value) {
  return Object.assign(document.createElement("button"), { textContent: text, className, value });
}
