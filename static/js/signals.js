// How the parts of the inbox hear of each other: realtime tells, list, thread and others listen.
//
//   conversation  a row shape            message   {shape, isNew}
//   removed       a conversation's id    contact   a contact shape
//   selected      an id or null          detail    the open conversation, whenever it changed
//   reload        everything is stale    connection  true or false
//   caughtUp      nothing is missing     filters   the list is to show something else
//   scrolled      the thread was         arrange   bubbles were added or removed
//   sync          a sync's shape         facebookPage  the id of a page with news
//   imported      a sync has brought conversations
//   pipeline      the id of a pipeline whose stages have changed
//   stale         what was to be fetched anew did not come
//   settled       a thread is shown whole
//   gone          the open conversation is not ours any more
//   aiAnswer      what the AI was asked to write

const listeners = new Map();

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, []);
  listeners.get(name).push(listener);
}

export function tell(name, value) {
  for (const listener of listeners.get(name) ?? []) {
    try {
      listener(value);
    } catch (error) {
      console.error(`A listener of "${name}" failed`, error); // the others must hear it all the same
    }
  }
}
