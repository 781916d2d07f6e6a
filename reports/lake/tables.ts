import { UserError } from '../../core/errors.ts';

/** How a published table is laid out by days. */
export interface LakeTable {
  readonly name: string;
  /** The time whose UTC day a row belongs to, in SQL of both engines. */
  readonly at: string;
  /** What orders the rows of a file; no two are alike in it. */
  readonly order: string;
}

/** Published tables whose rows have a time, and what tells their rows apart. */
const TABLES: readonly LakeTable[] = [
  { name: 'tool_calls', at: '"timestamp"', order: '"timestamp", call_id' },
  { name: 'events', at: 'occurred_at', order: 'occurred_at, event_id' },
  { name: 'auth_attempts', at: '"timestamp"', order: '"timestamp", event_id' },
  { name: 'model_calls', at: '"timestamp"', order: '"timestamp", event_id' },
  { name: 'sign_ins', at: '"timestamp"', order: '"timestamp", event_id' },
  {
    name: 'approvals',
    at: 'coalesce(approval_decided_at, approval_requested_at, expires_at)',
    order: 'event_id',
  },
  { name: 'sessions', at: 'first_at', order: 'first_at, session_key' },
  {
    name: 'slo_verdicts',
    at: 'window_to',
    order: 'window_to, slo, objective, window_from, judged_at, state, reason',
  },
  {
    name: 'control_verdicts',
    at: 'window_to',
    order: 'window_to, slo, window_from, judged_at, state, reason',
  },
];

export const LAKE_TABLES: readonly string[] = TABLES.map(({ name }) => name);

/** The tables of a list as it was typed, 'tool_calls,events'; all of them when there is none. */
export function lakeTables(list: string | undefined): readonly LakeTable[] {
  if (list === undefined) return TABLES;
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !LAKE_TABLES.includes(name));
  if (unknown === undefined) return TABLES.filter(({ name }) => names.includes(name));
  throw new UserError(
    'usage_invalid',
    `--tables cannot be '${list}': '${unknown}' is no published table with a time.`,
    `Name some of ${LAKE_TABLES.join(', ')}, with commas between them.`,
  );
}
