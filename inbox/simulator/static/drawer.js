// What a customer can send besides text; some exist on one platform only.
const MEDIA = [
  ["Vase", { type: "image", media: "vase.png" }],
  ["Broken cup", { type: "image", media: "broken.png" }],
  ["Photo", { type: "image", media: "workshop.jpg" }],
  ["GIF", { type: "image", media: "wheel.gif" }],
  ["Video", { type: "video", media: "kiln.mp4" }],
  ["Voice", { type: "audio", media: "voice.mp3" }],
  ["PDF", { type: "file", media: "price-list.pdf" }],
];

export function fillDrawer(drawer, thread, on) {
  const instagram = thread?.platform === "instagram";
  const rows = [["Own file…", on.pick]];
  for (const [label, fields] of MEDIA) rows.push([label, () => on.act("attachment", fields)]);
  if (instagram) {
    rows.push(["Story mention", () => on.act("story_mention")]);
    rows.push(["Story reply", () => on.act("story_reply", { text: "Love this! 😍" })]);
    rows.push(["Reel", () => on.act("attachment", { type: "ig_reel" })]);
  } else {
    rows.push(["Sticker", () => on.act("attachment", { type: "sticker" })]);
    rows.push(["Get Started", () => on.act("postback")]);
  }
  rows.push(["From an ad", () => on.act("ad_message", { text: "Is this still available?" })]);
  rows.push(["By a link", () => on.act("referral")]);
  rows.push(["Unsupported", () => on.act("unsupported")]);
  drawer.replaceChildren(...rows.map(([label, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.onclick = act;
    return button;
  }));
}
