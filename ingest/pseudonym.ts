import { createHash } from 'node:crypto';

/** What a pseudonym stands for; it begins with this word. */
export type PseudonymKind = 'identity' | 'address' | 'redacted' | 'key';

const SEPARATOR = '\x1f';
/** As in ingest/prelude/redaction.sql. */
const EMAIL = /[\p{L}\p{N}._+#-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;

const IPV4 = String.raw`(?:\d{1,3}\.){3}\d{1,3}`;
const IPV6_TAIL = `(?:[0-9a-f]{1,4}:){0,6}(?:${IPV4}|[0-9a-f]{1,4})`;
const IPV6_SURE =
  '(?:(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff0[0-9a-f])' +
  `(?:(?::[0-9a-f]{1,4}){7}|(?::[0-9a-f]{1,4}){1,6}::${IPV6_TAIL})|fe[89ab][0-9a-f]::${IPV6_TAIL})`;
/** As there; the address is the first or the second group. */
const ADDRESS = new RegExp(
  [
    String.raw`(?:^|[^0-9A-Za-z./]|[a-uw-z]|[a-z]v|^/|[^0-9A-Za-z_)]/|/[a-z0-9_-]+/)(${IPV4}(?:_${IPV4})*|${IPV6_SURE})(?:\b|[a-z_])`,
    String.raw`((?:\b|_)(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?:\b|_)`,
    String.raw`(?:\b|_)[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){1,6}::${IPV6_TAIL}(?:\b|_)`,
    String.raw`\b[0-9a-f]{1,4}::${IPV6_TAIL}\b`,
    String.raw`\b(?:[0-9a-f]{4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){1,6})::\B`,
    String.raw`\B::${IPV6_TAIL}\b)`,
  ].join('|'),
  'gi',
);

/** What stands for a text in the store that has this key; the SQL of ingest says the same. */
export function pseudonymOf(kind: PseudonymKind, text: string, key: string): string {
  const hash = createHash('sha256').update([key, kind, text.toLowerCase()].join(SEPARATOR));
  return `${kind}-${hash.digest('hex').slice(0, 24)}`;
}

/** By what a store knows the key of its pseudonyms again: `key_check` of `pseudonymised_columns`. */
export function keyCheckOf(key: string): string {
  return pseudonymOf('key', 'check', key);
}

/** What stands for a person in a store that hides people: an address in the name is hidden first. */
export function identityOf(text: string, key: string): string {
  const found = [...text.matchAll(ADDRESS)].map(
    ([, v4, v6]) => v4 ?? v6?.replace(/^_|_$/g, '') ?? '',
  );
  const addresses = [...new Set(found)].filter((each) => /\d/.test(each));
  const hidden = addresses
    .sort((a, b) => b.length - a.length)
    .reduce((rest, each) => rest.replaceAll(each, pseudonymOf('address', each, key)), text);
  return pseudonymOf('identity', hidden, key);
}

/** A text as the store has it in a column that is not made for people. */
export function withoutEmails(text: string, key: string): string {
  return text.replace(EMAIL, (email) => pseudonymOf('identity', email.replace('%40', '@'), key));
}
