// A person's initials under their picture, by the rules of `initials` in inbox/partials.py.

const SVG = "http://www.w3.org/2000/svg";
const TONES = 8n;

export function avatarOf({ id, name, profilePictureUrl }) {
  const avatar = document.createElement("span");
  avatar.className = `avatar-initials tone-${BigInt(id) % TONES}`;
  avatar.setAttribute("aria-hidden", "true");
  avatar.append(initials(name) || person());
  if (profilePictureUrl) avatar.append(Object.assign(new Image(), { src: profilePictureUrl, alt: "" }));
  return avatar;
}

// Puts a person's avatar into `box`, if another one or none is there: pictures do not flicker.
export function showAvatar(box, contact) {
  const of = [contact.id, contact.name, contact.profilePictureUrl].join(" ");
  if (box.dataset.of === of) return;
  box.dataset.of = of;
  box.replaceChildren(avatarOf(contact));
}

// First letters of the first and last word; nothing where the name is no name.
function initials(name) {
  const words = name.replace(/^@+/, "").split(/\s+/).filter(Boolean).map((word) => [...word][0]);
  if (!isLetter(words[0]) || name.startsWith("User ")) return "";
  const last = words.length > 1 && isLetter(words.at(-1)) ? words.at(-1) : "";
  return (words[0] + last).toUpperCase();
}

function isLetter(character) {
  return /^\p{L}$/u.test(character ?? "");
}

function person() {
  const icon = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  icon.setAttribute("class", "icon");
  use.setAttribute("href", new URL("../icons.svg#user", import.meta.url));
  icon.append(use);
  return icon;
}
