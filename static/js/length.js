// How long a reply may be (META_PLATFORM: Messenger under 2000 characters, Instagram up to 1000 bytes).

const TELL = 0.8; // of the limit, from which on the count is shown

const bytes = new TextEncoder();

// {isTooLong, text}: `text` is empty while there is plenty of room.
export function lengthOf(text, platform) {
  const [used, most, unit] =
    platform === "INSTAGRAM" ? [bytes.encode(text).length, 1000, "bytes"] : [[...text].length, 1999, "characters"];
  if (used > most) return { isTooLong: true, text: `${used - most} ${unit} too long` };
  return { isTooLong: false, text: used > most * TELL ? `${most - used} ${unit} left` : "" };
}
