// A moment in the reader's own time zone and language; the server writes UTC.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function mount(time) {
  const moment = new Date(time.dateTime);
  time.textContent = format.format(moment);
  time.title = moment.toISOString();
}
