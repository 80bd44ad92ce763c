// Moments of syncs in the reader's own words, and clocks that run: how long it has taken, and how
// long Meta still makes it wait.

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const LATE = 20; // seconds

let skew = 0; // ms by which this computer's clock is ahead of the server's

export function mount(root) {
  localize(root);
}

export function startClocks(root) {
  for (const card of root.querySelectorAll("[data-now]")) localize(card);
  setInterval(() => root.querySelectorAll("[data-now]").forEach((card) => run(card)), 1000);
  setInterval(() => localize(root), 30_000);
}

export function localize(root) {
  if (root.dataset.now && root.seenNow !== root.dataset.now) {
    skew = Date.now() - Date.parse(root.dataset.now);
    root.seenNow = root.dataset.now;
  }
  for (const time of root.querySelectorAll("time[data-ago], time[data-moment]")) {
    const moment = new Date(time.dateTime);
    time.textContent = "ago" in time.dataset ? ago(moment) : full.format(moment);
    time.title = full.format(moment);
  }
  run(root);
}

function run(root) {
  const now = Date.now() - skew;
  for (const place of root.querySelectorAll("[data-elapsed]")) {
    place.textContent = `${clock((now - Date.parse(place.dataset.elapsed)) / 1000)} so far`;
  }
  for (const place of root.querySelectorAll("[data-countdown]")) {
    const left = (Date.parse(place.dataset.countdown) - now) / 1000;
    place.textContent = left > 0 ? ` for another ${clock(left)}` : " a moment longer";
  }
  for (const place of root.querySelectorAll("[data-late]")) {
    place.hidden = (now - Date.parse(place.dataset.late)) / 1000 < LATE;
  }
}

// "just now", "3 minutes ago", "yesterday".
function ago(moment) {
  const seconds = (Date.now() - skew - moment) / 1000;
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

// "0:07", "2:05", "1:02:05".
function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
