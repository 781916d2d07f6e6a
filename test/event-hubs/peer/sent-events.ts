import rhea, { type EventContext } from 'rhea';
import type { KeptEvent } from './hub.ts';

/** The message format by which a producer says that several events are in one message. */
const BATCH_FORMAT = 0x80013700;

const FIELDS = [
  'application_properties',
  'content_type',
  'content_encoding',
  'message_id',
  'correlation_id',
] as const;

/** The events that a producer sent in one message. */
export function sentEvents(context: EventContext): Omit<KeptEvent, 'enqueuedAt'>[] {
  const { message } = context;
  if (!message) return [];
  const isBatch = (context as { format?: number }).format === BATCH_FORMAT;
  if (!isBatch) return [eventOf(message)];
  const envelope = rhea.message.decode(message as unknown as Buffer);
  const { content } = envelope['body'] as { content: Buffer | Buffer[] };
  return [content].flat().map((each) => eventOf(rhea.message.decode(each)));
}

/** Body and fields, without what the message's prototype computes. */
function eventOf(message: object): Omit<KeptEvent, 'enqueuedAt'> {
  const given = message as Readonly<Record<string, unknown>>;
  const fields = FIELDS.map((name) => [name, given[name]] as const).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return { body: given['body'], fields: Object.fromEntries(fields) };
}
