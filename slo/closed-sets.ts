const PART = ['ok', 'error', 'unknown'];

/**
 * Columns that never hold another word than these, whatever the source: correlation writes them, or the inventory's schema has
 * them. What a source file of a user's own may write is not among them (authorization_mode, approval_result).
 */
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  outcome: ['success', 'failure', 'denied', 'challenge', 'unknown'],
  transport_outcome: PART,
  protocol_outcome: PART,
  tool_outcome: PART,
  auth_outcome: ['success', 'failure', 'challenge', 'rate_limited', 'unknown'],
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
