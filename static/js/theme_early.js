// Sets the theme before the first paint. Kept apart from theme.js, which modules load too late for.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "auto";
    try {
      choice = localStorage.getItem("inbox:theme") || "auto";
    } catch {
      // Storage is forbidden here: follow the system.
    }
    const dark = choice === "dark" || (choice === "auto" && system.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("inbox:theme", apply);
})();
