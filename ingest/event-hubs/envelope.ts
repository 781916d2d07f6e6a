const HEAD = Buffer.from('{"records":[{');
const TAIL = Buffer.from('}]}');
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * The record of an envelope `{"records":[{…}]}` that surely holds only one; otherwise the body as it
 * is, for the engine to open. Most events of a diagnostic setting hold one, and opening them there
 * is a third of the work. Nothing is parsed: two records would have `} , {` between them, so where
 * that is nowhere there is one.
 */
export function onlyRecord(body: Buffer): Buffer {
  const end = body.length - TAIL.length;
  if (end < HEAD.length || body[2] !== HEAD[2] || body[end + 1] !== TAIL[1]) return body;
  if (!HEAD.equals(body.subarray(0, HEAD.length)) || !TAIL.equals(body.subarray(end))) return body;
  for (let at = body.indexOf(CLOSE_OBJECT); at >= 0 && at < end; ) {
    const comma = afterSpace(body, at + 1);
    if (body[comma] === COMMA && body[afterSpace(body, comma + 1)] === OPEN_OBJECT) return body;
    at = body.indexOf(CLOSE_OBJECT, at + 1);
  }
  return body.subarray(HEAD.length - 1, end + 1);
}

function afterSpace(body: Buffer, from: number): number {
  let at = from;
  while ((body[at] ?? OPEN_OBJECT) <= SPACE) at += 1;
  return at;
}
