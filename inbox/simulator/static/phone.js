// The page where a person plays the customer: which customer, what they send, what comes back.
// It asks every second; a page for one person at a time needs nothing quicker.
import { renderPeople } from "./people.js";
import { isNearEnd, renderThread } from "./thread.js";
import { fillDrawer } from "./drawer.js";

const POLL_MS = 800;
const byId = (id) => document.getElementById(id);
const state = { people: [], chosen: null, thread: null, quoting: null, menu: null, editing: null };

async function ask(path, method = "GET", body = undefined) {
  const options = { method };
  if (body instanceof FormData) options.body = body;
  else if (body) Object.assign(options, {
    body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
  });
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error || `status ${answer.status}`);
  return told;
}

async function act(kind, fields = {}) {
  if (!state.chosen) return;
  try {
    await ask("/simulator/events", "POST", { person: state.chosen, kind, ...fields });
    byId("notice").textContent = "";
  } catch (error) {
    byId("notice").textContent = error.message;
  }
  state.menu = null;
  await poll();
}

async function poll() {
  const people = await ask("/simulator/phone/threads");
  if (changed("people", people)) drawPeople();
  if (!state.chosen) return;
  const seen = document.visibilityState === "visible" ? "?seen=1" : "";
  const thread = await ask(`/simulator/phone/threads/${encodeURIComponent(state.chosen)}${seen}`);
  if (thread.person.id === state.chosen && changed("thread", thread)) drawThread();
}

function changed(name, fresh) {
  if (JSON.stringify(state[name]) === JSON.stringify(fresh)) return false;
  state[name] = fresh;
  return true;
}

function drawPeople() {
  const wanted = byId("search").value.trim().toLowerCase();
  const shown = state.people.filter((person) => person.name.toLowerCase().includes(wanted));
  renderPeople(byId("people"), shown, state.chosen, choose);
}

function drawThread() {
  const { thread } = state;
  if (!thread) return;
  const { person } = thread;
  byId("as-whom").textContent = `as ${person.name}`;
  byId("platform").textContent = person.platform === "instagram" ? "Instagram" : "Messenger";
  byId("phone").classList.toggle("instagram", person.platform === "instagram");
  byId("text").disabled = false;
  renderThread(byId("thread"), thread, state.menu, { open: openMenu, act, quote, edit });
  drawQuickReplies(thread.messages.at(-1));
}

function drawQuickReplies(newest) {
  const offered = newest && newest.direction === "OUTGOING" ? newest.quickReplies : [];
  byId("quick").replaceChildren(...offered.map((reply) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = reply.title;
    button.onclick = () => act("quick_reply", { text: reply.title, payload: reply.payload });
    return button;
  }));
}

async function choose(personId) {
  Object.assign(state, { chosen: personId, thread: null, menu: null });
  stopQuoting();
  location.hash = personId;
  document.body.dataset.view = "phone";
  byId("thread").replaceChildren();
  drawPeople();
  await poll();
  byId("text").focus();
}

function openMenu(mid) {
  state.menu = state.menu === mid ? null : mid;
  drawThread();
}

function quote(message) {
  Object.assign(state, { quoting: message.mid, editing: null, menu: null });
  showIntent(`Answering: ${message.text || "an attachment"}`);
}

function edit(message) {
  Object.assign(state, { editing: message.mid, quoting: null, menu: null });
  byId("text").value = message.text;
  showIntent("Editing your message");
}

function showIntent(text) {
  byId("replying").hidden = false;
  byId("replying-text").textContent = text;
  drawThread();
  byId("text").focus();
}

function stopQuoting() {
  Object.assign(state, { quoting: null, editing: null });
  byId("replying").hidden = true;
}

async function submit() {
  const box = byId("text");
  const text = box.value.trim();
  if (!text || !state.chosen) return;
  box.value = "";
  const { quoting, editing } = state;
  stopQuoting();
  if (editing) await act("edit", { mid: editing, text });
  else await act("text", quoting ? { text, reply_to: quoting } : { text });
}

async function upload(file) {
  const form = new FormData();
  form.append("file", file);
  const { name } = await ask("/simulator/media", "POST", form);
  const kind = ["image", "video", "audio"].find((each) => file.type.startsWith(each)) || "file";
  await act("attachment", { type: kind, media: name });
}

byId("composer").onsubmit = (event) => { event.preventDefault(); submit(); };
byId("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
};
byId("heart").onclick = () => act("text", { text: "❤️" });
byId("replying-stop").onclick = stopQuoting;
byId("back").onclick = () => { document.body.dataset.view = "people"; };
byId("search").oninput = drawPeople;
byId("picture").onchange = (event) => {
  const [file] = event.target.files;
  if (file) upload(file).catch((error) => { byId("notice").textContent = error.message; });
  event.target.value = "";
};
byId("more").onclick = () => {
  const drawer = byId("drawer");
  const list = byId("thread");
  const atEnd = isNearEnd(list);
  drawer.hidden = !drawer.hidden;
  byId("more").setAttribute("aria-expanded", String(!drawer.hidden));
  fillDrawer(drawer, state.thread, { act, pick: () => byId("picture").click() });
  if (atEnd) list.scrollTop = list.scrollHeight;
};
byId("new-person").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries(new FormData(form));
  const person = await ask("/simulator/people", "POST", { ...fields, reads: false });
  form.reset();
  await choose(person.id);
};

async function run() {
  try {
    await poll();
    if (byId("notice").dataset.offline) byId("notice").textContent = "";
    delete byId("notice").dataset.offline;
  } catch {
    byId("notice").textContent = "The simulator does not answer…";
    byId("notice").dataset.offline = "1";
  }
  setTimeout(run, POLL_MS);
}

if (location.hash.length > 1) choose(location.hash.slice(1)).catch(() => {});
run();
