// The socket: an accelerator. What it misses, catch_up.js brings.

import { catchUp, isBehind, startFrom } from "./catch_up.js";
import { tell } from "./signals.js";
import { theSocket } from "./socket.js";

const AWAY = 10000; // ms out of sight after which a tab may have slept through something
const WITHOUT_SOCKET = 20000; // ms between catch-ups while there is no socket
const SPREAD = 3000; // ms over which browsers that saw the same pulse ask

const EVENTS = {
  new_message: ({ message, conversation }) => {
    tell("conversation", conversation);
    tell("message", { shape: message, isNew: true });
  },
  message_updated: ({ message }) => tell("message", { shape: message, isNew: false }),
  conversation_updated: ({ conversation }) => tell("conversation", conversation),
  conversation_removed: ({ conversationId }) => tell("removed", String(conversationId)),
  contact_updated: ({ contact }) => tell("contact", contact),
  pipeline_updated: ({ pipelineId }) => tell("pipeline", String(pipelineId)),
  sync_progress: ({ job, reload }) => {
    tell("sync", job);
    if (reload) tell("imported");
  },
  facebook_page_updated: ({ facebookPageId }) => tell("facebookPage", String(facebookPageId)),
  ai_answer: (answer) => tell("aiAnswer", answer),
  pulse: ({ change }) => {
    if (isBehind(change)) setTimeout(() => isBehind(change) && catchUp(), Math.random() * SPREAD);
  },
};

let socket;

export function start(cursor) {
  startFrom(cursor);
  socket = theSocket();
  for (const [name, apply] of Object.entries(EVENTS)) socket.on(name, apply);
  socket.on("connect", connected);
  if (socket.connected) connected();
  socket.on("disconnect", () => {
    tell("connection", false);
    delete document.documentElement.dataset.live;
  });
  socket.on("connect_error", ({ message }) => {
    tell("connection", false);
    if (message === "unauthorized") catchUp(); // the API's 401 leads to the sign-in page
  });
  catchUpAfterAbsence();
  setInterval(() => socket.connected || (navigator.onLine && catchUp()), WITHOUT_SOCKET);
}

function connected() {
  tell("connection", true);
  catchUp();
  document.documentElement.dataset.live = "true";
}

// What one does oneself comes back as an event like everybody's; without a socket it is asked for.
export function unlessLive() {
  if (!socket.connected) catchUp();
}

function catchUpAfterAbsence() {
  let leftAt = document.hidden ? Date.now() : null;
  const leave = () => (leftAt ??= Date.now());
  const comeBack = () => {
    if (leftAt !== null && Date.now() - leftAt > AWAY) catchUp();
    leftAt = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : comeBack()));
  addEventListener("blur", leave);
  addEventListener("focus", comeBack);
  addEventListener("online", () => {
    if (socket.connected) tell("connection", true);
    else socket.disconnect().connect(); // at once, not after the back-off
    catchUp();
  });
  addEventListener("offline", () => tell("connection", false));
}
