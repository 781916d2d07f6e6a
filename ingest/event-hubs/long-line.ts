const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const OPEN: ReadonlySet<number> = new Set(Buffer.from('[{'));
const CLOSE: ReadonlySet<number> = new Set(Buffer.from(']}'));

/**
 * A text of several lines as one, without parsing it: several objects or lists become one list. What
 * is no JSON is none on one line either, and is found there by the engine.
 */
export function longLine(text: Buffer): Buffer {
  const out = Buffer.from(text);
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let hasEnded = false;
  /** White space behind a value that has ended. */
  let space = -1;
  let isList = false;
  for (let at = 0; at < out.length; at += 1) {
    const byte = out[at] as number;
    if (byte === NEWLINE || byte === RETURN) out[at] = SPACE;
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isInString = false;
      continue;
    }
    if (byte <= SPACE) {
      if (hasEnded) space = at;
      continue;
    }
    if (hasEnded && space >= 0 && OPEN.has(byte)) {
      out[space] = COMMA;
      isList = true;
    }
    hasEnded = false;
    space = -1;
    if (byte === QUOTE) isInString = true;
    else if (OPEN.has(byte)) depth += 1;
    else if (CLOSE.has(byte)) {
      depth -= 1;
      hasEnded = depth === 0;
    }
  }
  return isList ? Buffer.concat([Buffer.from('['), out, Buffer.from(']')]) : out;
}
