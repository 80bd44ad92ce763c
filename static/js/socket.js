// The one socket of this page, opened by whoever needs it first. It may be connected already when
// another part comes to listen.

import { io } from "../vendor/socket.io-client-4.8.4/socket.io.esm.min.js";

const SPREAD = 3000; // ms over which browsers come back after a deploy

let socket = null;

export function theSocket() {
  socket ??= open();
  return socket;
}

function open() {
  const made = io({ transports: ["websocket"], reconnectionDelayMax: 5000, timeout: 8000 });
  made.on("signed_out", () => location.reload());
  made.on("disconnect", (reason) => {
    // The client does not come back by itself when it was the server that closed (a deploy).
    if (reason === "io server disconnect") setTimeout(() => made.connect(), Math.random() * SPREAD);
  });
  return made;
}
