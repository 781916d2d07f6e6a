/** An AMQP error as Event Hubs sends it. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

export const SERVER_BUSY: AmqpError = {
  condition: 'com.microsoft:server-busy',
  description:
    'The request was terminated because the entity is being throttled. Error code: 50002.',
};
export const UNAUTHORIZED: AmqpError = {
  condition: 'amqp:unauthorized-access',
  description: "Unauthorized access. 'Listen' claim(s) are required to perform this operation.",
};
export const EXPIRED_TOKEN: AmqpError = {
  condition: 'amqp:unauthorized-access',
  description: 'ExpiredToken: The token is expired.',
};
export const DETACHED: AmqpError = {
  condition: 'amqp:link:detach-forced',
  description: 'The link was force detached by the broker due to errors occurred in consumer.',
};
export const TOO_MANY_READERS: AmqpError = {
  condition: 'amqp:resource-limit-exceeded',
  description:
    'Exceeded the maximum number of allowed receivers per partition in a consumer group which is 5.',
};
export const STOLEN: AmqpError = {
  condition: 'amqp:link:stolen',
  description: 'New receiver with higher epoch is created hence current receiver is disconnected.',
};

export function notFound(entity: string): AmqpError {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${entity}' could not be found. TrackingId:0, SystemTracker:peer`,
  };
}

export function noPartition(id: string): AmqpError {
  return {
    condition: 'com.microsoft:argument-out-of-range',
    description: `The specified partition is invalid for an EventHub partition sender or receiver: ${id}.`,
  };
}

export function invalidOffset(offset: string, last: string): AmqpError {
  return {
    condition: 'com.microsoft:argument-error',
    description: `The supplied offset '${offset}' is invalid. The last offset in the system is '${last}'.`,
  };
}

/** What goes wrong, while it does. All of it can be changed while the peer runs. */
export interface Faults {
  /** The next so many receivers are refused with this error. */
  refuseAttaches: { count: number; error: AmqpError };
  /** Everything that is asked for is refused with this error: throttling, or no permission. */
  refuseAll: AmqpError | undefined;
  /** Tokens are refused, whatever they say. */
  refuseTokens: boolean;
  /** So many messages are stored, and their acknowledgement never sent: the connection drops. */
  loseAcknowledgements: number;
  /** The next receiver of each partition starts so many events earlier than it asked for. */
  rewind: number;
  /** Nothing is delivered meanwhile. */
  isStalled: boolean;
  /** Nothing is delivered from this sequence number on. */
  holdAfter: number;
  /** Readers without an owner level that one consumer group may have per partition. */
  maxReaders: number;
}

export function noFaults(): Faults {
  return {
    refuseAttaches: { count: 0, error: SERVER_BUSY },
    refuseAll: undefined,
    refuseTokens: false,
    loseAcknowledgements: 0,
    rewind: 0,
    isStalled: false,
    holdAfter: Number.MAX_SAFE_INTEGER,
    maxReaders: 5,
  };
}
