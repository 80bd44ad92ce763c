// A read-only field with a button that copies it.

export function mount(group) {
  const field = group.querySelector("input");
  const label = group.querySelector("[data-copy] span");
  group.querySelector("[data-copy]").addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      label.textContent = "Copied";
    } catch {
      label.textContent = "Press Ctrl+C"; // no clipboard without HTTPS; the text is selected
    }
  });
}
