/** Envelopes inside envelopes of exports: more than this many are nobody's. */
const MAX_WRAPPINGS = 4;

/** Keys that tools write beside `Body` when they export events as JSON. */
const EXPORT_KEYS = new Set([
  'body',
  'contenttype',
  'correlationid',
  'enqueuedtime',
  'enqueuedtimeutc',
  'eventenqueuedutctime',
  'eventprocessedutctime',
  'messageid',
  'offset',
  'partitionid',
  'partitionkey',
  'properties',
  'sequencenumber',
  'systemproperties',
]);

const HEAD =
  /^(?:Records|Body|body|type":"Buffer|EnqueuedTime|SequenceNumber|Offset|PartitionId|Properties|SystemProperties)/;
const FIRST_LETTERS: ReadonlySet<number> = new Set(Buffer.from('RBbtESOP'));

/**
 * Whether an object may be one of the forms that exports give events. A look at its first bytes:
 * nearly all bodies are none, and are not to be parsed here.
 */
export function mayBeExport(body: Buffer): boolean {
  if (body[0] !== 0x7b || body[1] !== 0x22 || !FIRST_LETTERS.has(body[2] ?? 0)) return false;
  return HEAD.test(body.toString('latin1', 2, 24));
}

/** What is inside of an export's forms; the body itself when it is none of them. */
export function withoutExport(body: Buffer): Buffer {
  let inner = body;
  for (let round = 0; round < MAX_WRAPPINGS && mayBeExport(inner); round += 1) {
    const opened = open(inner);
    if (opened === undefined) return inner;
    inner = opened;
  }
  return inner;
}

function open(body: Buffer): Buffer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const fields = Object.entries(value as Record<string, unknown>);
  const [records] = fields.filter(([key]) => key === 'Records').map(([, given]) => given);
  if (Array.isArray(records)) return jsonBytes({ records });
  const bytes = bufferOf(value);
  if (bytes) return bytes;
  const inner = fields.find(([key]) => key.toLowerCase() === 'body')?.[1];
  const isExport = fields.every(([key]) => EXPORT_KEYS.has(key.toLowerCase()));
  if (inner === undefined || inner === null || !isExport) return undefined;
  return typeof inner === 'string' ? textOrBase64(inner) : (bufferOf(inner) ?? jsonBytes(inner));
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** `{"type":"Buffer","data":[…]}`: how Node writes bytes as JSON. */
function bufferOf(value: unknown): Buffer | undefined {
  const { type, data } = value as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]) : undefined;
}

function textOrBase64(text: string): Buffer {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : Buffer.from(text, 'utf8');
}
