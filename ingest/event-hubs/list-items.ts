const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Deeper than any telemetry is; what is no JSON may go on for ever. */
const MAX_DEPTH = 100_000;

/** Whether there are more items than that in the lists of a JSON text, all of them together and however deep. */
export function hasMoreItems(text: Buffer, limit: number): boolean {
  const isList: boolean[] = [];
  let items = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (isInString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === COMMA) {
      if (isList.at(-1) && ++items >= limit) return true;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (isList.push(byte === OPEN_ARRAY) > MAX_DEPTH) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) isList.pop();
  }
  return false;
}
