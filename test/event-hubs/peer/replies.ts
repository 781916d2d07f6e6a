import rhea, { type EventContext } from 'rhea';
import { type AmqpError, notFound, SERVER_BUSY } from './faults.ts';
import type { Hub, Partition } from './hub.ts';

/** What is answered to a request over a pair of links. */
export interface Reply {
  readonly status: number;
  readonly description: string;
  readonly error?: AmqpError;
  readonly body?: unknown;
}

export const CLAIM_ACCEPTED: Reply = { status: 202, description: 'Accepted' };
export const CLAIM_REFUSED: Reply = {
  status: 401,
  description: 'InvalidSignature: The token has an invalid signature.',
};

/** What $management says of a hub or of one of its partitions. */
export function propertiesReply(
  hub: Hub,
  asked: Readonly<Record<string, unknown>>,
  refused: AmqpError | undefined,
): Reply {
  if (refused) {
    const status = refused === SERVER_BUSY ? 503 : 401;
    return { status, description: refused.description, error: refused };
  }
  if (!hub.isNamed(String(asked['name']))) {
    const error = notFound(`sb://127.0.0.1/${asked['name']}`);
    return { status: 404, description: error.description, error };
  }
  if (asked['type'] === 'com.microsoft:eventhub') return found(hubProperties(hub));
  const partition = hub.partition(String(asked['partition']));
  return partition
    ? found(partitionProperties(hub, partition))
    : { status: 400, description: 'no such partition' };
}

function found(body: unknown): Reply {
  return { status: 200, description: 'OK', body };
}

const SYMBOL = 0xa3;

function hubProperties(hub: Hub): unknown {
  return {
    name: hub.name,
    type: 'com.microsoft:eventhub',
    created_at: rhea.types.wrap_timestamp(hub.createdAt.getTime()),
    partition_count: rhea.types.wrap_int(hub.partitions.length),
    partition_ids: rhea.types.wrap_array(
      hub.partitions.map(({ id }) => id),
      SYMBOL - 2,
      undefined as unknown as string,
    ),
  };
}

function partitionProperties(hub: Hub, partition: Partition): unknown {
  const last = partition.end - 1;
  return {
    name: hub.name,
    type: 'com.microsoft:partition',
    partition: partition.id,
    begin_sequence_number: rhea.types.wrap_long(partition.begin),
    last_enqueued_sequence_number: rhea.types.wrap_long(last),
    last_enqueued_offset: partition.offsetOf(last),
    last_enqueued_time_utc: rhea.types.wrap_timestamp(partition.lastEnqueuedAt),
    is_partition_empty: partition.begin > last,
  };
}

/** Sends the reply on the link that the request names. */
export function sendReply({ connection, message }: EventContext, reply: Reply): void {
  const to = String(message?.reply_to);
  const link = connection.find_sender(
    (each: { target?: { address?: string }; name: string }) =>
      each.name === to || each.target?.address === to,
  );
  link?.send({
    correlation_id: message?.message_id as string,
    application_properties: {
      'status-code': reply.status,
      'status-description': reply.description,
      ...(reply.error ? { 'error-condition': reply.error.condition } : {}),
    },
    body: reply.body ?? null,
  });
}
