// One to three emoji and nothing else are shown large. inbox/emoji.py says the same of what comes from
// the server; a reply that has just been written must not change its size when its answer comes.

const LOOK = "[\\u{fe0f}\\u{20e3}\\u{1f3fb}-\\u{1f3ff}\\u{e0020}-\\u{e007f}]*";
const SIGN = `\\p{Extended_Pictographic}${LOOK}`;
const FEW = new RegExp(`^\\s*(?:(?:\\p{RI}{2}|${SIGN}(?:\\u{200d}${SIGN})*)\\s*){1,3}$`, "u");
const LONGEST = 40;

export const isFewEmoji = (text) => text.length <= LONGEST && FEW.test(text);
