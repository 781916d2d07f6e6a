import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SharedKey {
  readonly name: string;
  readonly key: string;
}

/** Whether a shared access signature was made with the key and has not expired. */
export function isGoodSignature(token: string, { name, key }: SharedKey, now: Date): boolean {
  if (!token.startsWith('SharedAccessSignature ')) return false;
  const fields = new URLSearchParams(token.slice('SharedAccessSignature '.length));
  // What was signed is the resource as it was encoded, so it is taken from the text.
  const resource = /(?:^|[ &])sr=([^&]*)/.exec(token)?.[1] ?? '';
  const expiry = fields.get('se') ?? '0';
  const expected = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  const given = fields.get('sig') ?? '';
  return (
    fields.get('skn') === name &&
    Number(expiry) * 1000 > now.getTime() &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}
