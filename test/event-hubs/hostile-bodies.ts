const LEVELS = 50_000;

/** An array in an array, and so on. */
export const DEEP = '['.repeat(LEVELS) + ']'.repeat(LEVELS);

const TOO_DEEP = 'a body that is nested too deep';
const ENVELOPES = 'wrapped in too many envelopes';

/** Bodies that break readers which recurse, and why each is set aside. */
export const hostileBodies: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('\uFEFF'.repeat(20_000)), 'a JSON varchar where a record was expected'],
  [Buffer.from(`{"Records":${DEEP}}`), TOO_DEEP],
  [Buffer.from(`{"Body":${DEEP}}`), TOO_DEEP],
  [Buffer.from(`{"Body":${'['.repeat(LEVELS)}`), 'not valid JSON'],
  [Buffer.from(`{"Body":${JSON.stringify(`{"Body":${DEEP}}`)}}`), TOO_DEEP],
  [Buffer.from(DEEP), ENVELOPES],
  [Buffer.from(`[\n${DEEP}\n]`), ENVELOPES],
  [Buffer.from(`{"records":${DEEP}}`), ENVELOPES],
  [Buffer.from('{"a":'.repeat(LEVELS)), 'not valid JSON'],
];
