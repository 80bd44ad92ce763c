// The list of customers, newest talk first.
export function renderPeople(list, people, chosen, choose) {
  list.replaceChildren(...people.map((person) => {
    const button = document.createElement("button");
    button.type = "button";
    button.onclick = () => choose(person.id);
    button.setAttribute("aria-current", String(person.id === chosen));
    button.append(picture(person), who(person));
    if (person.unread) button.append(badge(person.unread));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

function picture(person) {
  const image = document.createElement("img");
  image.src = person.pictureUrl;
  image.alt = "";
  image.loading = "lazy";
  return image;
}

function who(person) {
  const block = document.createElement("span");
  block.className = "who";
  const name = document.createElement("strong");
  const dot = document.createElement("i");
  dot.className = `dot ${person.platform}`;
  dot.title = person.platform;
  const text = document.createElement("bdi");
  text.textContent = person.name;
  name.append(dot, text);
  const newest = document.createElement("span");
  newest.dir = "auto";
  newest.textContent = snippet(person.newest);
  block.append(name, newest);
  return block;
}

function badge(count) {
  const mark = document.createElement("span");
  mark.className = "badge";
  mark.textContent = count;
  return mark;
}

function snippet(message) {
  if (!message) return "Has not written yet";
  const by = message.direction === "OUTGOING" ? "Shop: " : "";
  if (message.isDeleted) return `${by}message taken back`;
  return by + (message.text || `sent: ${message.attachments.map((a) => a.type).join(", ")}`);
}
