// Times come in UTC and are shown in the viewer's zone and language. <time data-time="relative"> is
// kept fresh; "clock" is not, a bubble's time does not age.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const numericDay = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "2-digit", year: "2-digit" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const longDayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function startTimes() {
  document.documentElement.dataset.clock = clock.resolvedOptions().hour12 ? "12" : "24"; // widths
  localize(document);
  setInterval(() => localize(document, "relative"), 30_000);
}

// Fills the <time> elements below `root`.
export function localize(root, kind = null) {
  for (const element of root.querySelectorAll(kind ? `time[data-time="${kind}"]` : "time[data-time]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const text = element.dataset.time === "clock" ? clock.format(moment) : relative(moment);
    if (element.textContent !== text) element.textContent = text;
    if (!element.title) element.title = full.format(moment);
  }
}

// "now", "4 min", "3 h", "Yesterday", "Mon", "12 Oct", "12/10/24".
export function relative(moment, now = new Date()) {
  const age = now - moment;
  if (age < MINUTE) return "now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  const days = daysBetween(moment, now);
  if (days === 0 || age < 6 * HOUR) return `${Math.floor(age / HOUR)} h`;
  if (days === 1) return "Yesterday";
  if (days < 7) return weekday.format(moment);
  return moment.getFullYear() === now.getFullYear() ? dayAndMonth.format(moment) : numericDay.format(moment);
}

// "Today", "Yesterday", "Monday, 12 October", "12 October 2024".
export function dayName(moment, now = new Date()) {
  const days = daysBetween(moment, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return moment.getFullYear() === now.getFullYear() ? longDay.format(moment) : longDayAndYear.format(moment);
}

export function dayKey(moment) {
  return `${moment.getFullYear()}-${moment.getMonth()}-${moment.getDate()}`;
}

export function fullTime(moment) {
  return full.format(moment);
}

// "6 d 4 h", "23 h 12 min", "9 min".
export function duration(milliseconds) {
  const minutes = Math.max(1, Math.ceil(milliseconds / MINUTE));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours > 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

function daysBetween(earlier, later) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / DAY);
}
