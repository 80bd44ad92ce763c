// The bar that says that nothing live arrives at the moment.

import { on } from "./signals.js";

const GRACE = 1500; // ms: a reconnect that quick is nobody's business

export function startConnection() {
  const bar = document.getElementById("connection");
  let waiting = null;
  const show = () => {
    clearTimeout(waiting); // else it would come back after the connection did
    waiting = null;
    bar.textContent = navigator.onLine
      ? "Reconnecting… New messages will appear as soon as the connection is back."
      : "You are offline. Reconnecting as soon as the network is back…";
    bar.hidden = false;
  };
  on("connection", (isConnected) => {
    if (!isConnected) return bar.hidden && (waiting ??= setTimeout(show, GRACE));
    clearTimeout(waiting);
    waiting = null;
    bar.hidden = true;
  });
  addEventListener("offline", show);
}
