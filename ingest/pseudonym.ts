import { createHash } from 'node:crypto';

/** What a pseudonym stands for; it begins with this word. */
export type PseudonymKind = 'identity' | 'address' | 'redacted' | 'key';

const SEPARATOR = '\x1f';
/** As in ingest/prelude/redaction.sql. */
const EMAIL = /[\p{L}\p{N}._+#-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;

/** What stands for a text in the store that has this key; the SQL of ingest says the same. */
export function pseudonymOf(kind: PseudonymKind, text: string, key: string): string {
  const hash = createHash('sha256').update([key, kind, text.toLowerCase()].join(SEPARATOR));
  return `${kind}-${hash.digest('hex').slice(0, 24)}`;
}

/** A text as the store has it in a column that is not made for people. */
export function withoutEmails(text: string, key: string): string {
  return text.replace(EMAIL, (email) => pseudonymOf('identity', email.replace('%40', '@'), key));
}
