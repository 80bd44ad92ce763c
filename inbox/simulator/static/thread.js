// One thread as the customer's phone shows it.
const EMOJI = ["❤", "😆", "😮", "😢", "😠", "👍"];

export function renderThread(list, thread, openMid, on) {
  const nearEnd = !list.children.length || isNearEnd(list);
  const rows = [];
  let day = "";
  for (const message of thread.messages) {
    const today = new Date(message.timestampMs).toLocaleDateString([], {
      weekday: "short", day: "numeric", month: "short",
    });
    if (today !== day) rows.push(line("day", today));
    day = today;
    rows.push(row(message, thread, openMid, on));
  }
  if (!rows.length) rows.push(line("empty", "Nothing yet. Write the first message."));
  const mark = seenMark(thread);
  if (mark) rows.push(mark);
  if (thread.isTyping) rows.push(line("typing", "•••"));
  list.replaceChildren(...rows);
  if (nearEnd) keepAtEnd(list);
}

// Pictures grow when they are loaded: whoever stood at the end stays there.
function keepAtEnd(list) {
  list.scrollTop = list.scrollHeight;
  for (const image of list.querySelectorAll("img")) {
    image.onload = () => { list.scrollTop = list.scrollHeight; };
  }
}

export function isNearEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 80;
}

function row(message, thread, openMid, on) {
  const mine = message.direction === "INCOMING";
  const item = document.createElement("li");
  item.className = `message ${mine ? "mine" : "theirs"}`;
  item.append(...quoted(message, thread), ...bubbles(message, () => on.open(message.mid)));
  if (message.edits) item.append(span("mark", "edited"));
  if (message.reactions.length) {
    item.classList.add("reacted");
    item.append(span("reactions", message.reactions.map((each) => coloured(each.emoji)).join("")));
  }
  if (openMid === message.mid && !message.isDeleted) item.append(menu(message, mine, on));
  return item;
}

function quoted(message, thread) {
  if (message.story) return [span("quoted", message.story.kind === "mention"
    ? "mentioned the shop in a story" : "answered a story of the shop")];
  if (!message.replyTo) return [];
  const original = thread.messages.find((each) => each.mid === message.replyTo);
  return [span("quoted", original?.text || "an attachment")];
}

function bubbles(message, open) {
  if (message.isDeleted) return [bubble("gone", "Message taken back", open)];
  const made = message.attachments.map((attachment) => {
    const box = bubble("file", "", open);
    box.append(file(attachment));
    return box;
  });
  if (message.extra.is_unsupported) made.push(bubble("gone", "(something Meta cannot pass on)", open));
  if (message.text) made.push(bubble("", message.text, open));
  return made;
}

function bubble(kind, text, open) {
  // Players and links need their own clicks, so the frame is no button around them.
  const box = document.createElement(kind === "file" ? "div" : "button");
  if (kind !== "file") box.type = "button";
  box.className = `bubble ${kind}`;
  box.dir = "auto";
  box.textContent = text;
  box.onclick = open;
  return box;
}

function file(attachment) {
  const url = attachment.payload?.url;
  if (!url) return document.createTextNode(attachment.type);
  const known = { video: "video", ig_reel: "video", reel: "video", audio: "audio" }[attachment.type];
  if (known) {
    const player = document.createElement(known);
    player.controls = true;
    player.preload = "metadata";
    player.src = url;
    return player;
  }
  if (["image", "sticker", "story_mention", "ig_post", "post", "share"].includes(attachment.type)) {
    const image = document.createElement("img");
    image.src = url;
    image.alt = attachment.name || attachment.type;
    return image;
  }
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer";
  link.textContent = attachment.name || attachment.type;
  return link;
}

function menu(message, mine, on) {
  const box = document.createElement("div");
  box.className = "menu";
  const given = message.reactions.find((each) => each.by === "person");
  for (const emoji of EMOJI) {
    box.append(choice(coloured(emoji), () => given?.emoji === emoji
      ? on.act("unreact", { mid: message.mid })
      : on.act("reaction", { mid: message.mid, emoji })));
  }
  box.append(choice("Reply", () => on.quote(message)));
  if (mine) {
    if (message.text) box.append(choice("Edit", () => on.edit(message)));
    box.append(choice("Take back", () => on.act("unsend", { mid: message.mid })));
  }
  return box;
}

// Meta names a heart without the selector that makes fonts draw it in colour.
function coloured(emoji) {
  return emoji === "❤" ? "❤\uFE0F" : emoji;
}

function seenMark(thread) {
  const newest = thread.messages.at(-1);
  if (!newest || newest.direction === "OUTGOING") return null;
  const seen = thread.pageSeenMs >= newest.timestampMs;
  const row = line("mark", seen ? "Seen by the shop" : "Sent");
  row.style.alignSelf = "flex-end";
  return row;
}

function choice(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.onclick = act;
  return button;
}

function line(kind, text) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  return item;
}

function span(kind, text) {
  const made = document.createElement("span");
  made.className = kind;
  made.dir = "auto";
  made.textContent = text;
  return made;
}
