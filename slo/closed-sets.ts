const PART = ['ok', 'error', 'unknown'];

/** Columns that never hold another word than these, whatever the source: ingest, correlation or the inventory's schema sees to it. */
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  outcome: ['success', 'failure', 'denied', 'challenge', 'unknown'],
  transport_outcome: PART,
  protocol_outcome: PART,
  tool_outcome: PART,
  auth_outcome: ['success', 'failure', 'challenge', 'rate_limited', 'unknown'],
  approval_result: ['approved', 'denied', 'expired', 'not_required'],
  authorization_mode: [
    'obo',
    'managed_identity',
    'service_principal',
    'api_key',
    'passthrough',
    'none',
  ],
  agent_id_source: ['header', 'token', 'server', 'otel', 'subscription', 'client', 'none'],
  match_rung: ['operation_id', 'session', 'agent', 'gateway_only', 'server_only'],
  session_source: ['declared', 'conversation', 'trace', 'inferred'],
  tool_class: ['read_only', 'write', 'destructive', 'unclassified'],
};

/** Of one source alone. */
const OF_SOURCE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  gateway_body_logging: { scope: ['global', 'api', 'none'] },
  served_calls: {
    standing: [
      'through',
      'not_through',
      'log_late',
      'log_sampled',
      'log_off',
      'not_provable',
      'server_mute',
    ],
  },
};

/** The words that a column of a source can hold; undefined: any. */
export function wordsOf(source: string, column: string): readonly string[] | undefined {
  return OF_SOURCE[source]?.[column] ?? EVERYWHERE[column];
}
