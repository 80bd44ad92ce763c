// What this browser keeps for its person. Storage may be forbidden or full: then nothing is kept.

const PREFIX = "inbox:";

export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function keep(name, text) {
  try {
    if (text) localStorage.setItem(PREFIX + name, text);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing to do: the page works without it.
  }
}

// Drafts and unsent replies are words to customers: they leave with the person.
export function forgetEverything() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of names) if (name !== `${PREFIX}theme`) localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
