// A short note at the bottom, read out too.

const SHOWN = 6000; // ms

export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN);
}

// For those who hear the page instead of seeing it.
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
