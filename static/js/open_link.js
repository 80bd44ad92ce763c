// Moves the token behind the # of an invite or reset link into the form, and sends it.

export function mount(form) {
  open(form);
  window.addEventListener("hashchange", () => open(form));
}

function open(form) {
  const token = location.hash.slice(1);
  form.querySelector("[data-opening]").hidden = !token;
  form.querySelector("[data-missing]").hidden = Boolean(token);
  if (!token) return;
  form.elements.token.value = token;
  history.replaceState(null, "", location.pathname); // the token is no part of the history
  form.requestSubmit();
}
