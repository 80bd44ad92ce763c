// A short note at the bottom, read out too.

const SHOWN = 6000; // ms

// `action`, if any: {label, act}, a button in it. Returns what takes the note away before its time.
export function toast(text, action = null) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) note.append(buttonOf(action, note));
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN);
  return () => note.remove();
}

// For those who hear the page instead of seeing it.
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

function buttonOf({ label, act }, note) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "toast-action", textContent: label });
  button.addEventListener("click", () => {
    note.remove();
    act();
  });
  return button;
}
