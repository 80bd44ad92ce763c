// A button pressed, or a form sent, before its module stands is kept and done once it does.
// Without this the browser sends the form by itself: the page reloads and what was typed is lost.
(() => {
  const kept = [];
  const keep = (event) => {
    const element = event.type === "submit" ? event.target : event.target.closest("button");
    if (!element?.closest("[data-module]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    kept.push(event.type === "submit" ? () => element.requestSubmit(event.submitter) : () => element.click());
  };
  const release = () => {
    for (const type of ["click", "submit"]) removeEventListener(type, keep, true);
    for (const act of kept.splice(0)) act();
  };
  for (const type of ["click", "submit"]) addEventListener(type, keep, true);
  addEventListener("inbox:ready", release, { once: true });
  // The modules cannot be had: the forms that work without them shall.
  addEventListener("error", ({ target }) => target.type === "module" && release(), true);
})();
