import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/values.ts';
import { classNumber } from './classes.ts';
import type { Objective } from './definition.ts';
import { type Compiling, compileObjective, weightSql } from './objective-statement.ts';
import { column } from './predicate.ts';
import { run } from './slice-counts.ts';
import { windowAt } from './windows.ts';

export interface EventsAsked extends Compiling {
  readonly at: Date;
  /** How far back; NULL: the whole window. */
  readonly lookbackMs: number | null;
  /** `bad`, `good`, or the id of a rule that leaves rows out. */
  readonly class: string;
  readonly limit: number;
}

/** Where the rows lie: in the objective's own window, or in the end of it that was asked for. */
export function windowOfEvents(
  { windowRule, delayMs }: Objective,
  { at, lookbackMs }: Pick<EventsAsked, 'at' | 'lookbackMs'>,
): TimeWindow {
  const { from, to } = windowAt(windowRule, new Date(at.getTime() - delayMs));
  if (lookbackMs === null) return { from, to };
  return { from: new Date(Date.parse(to) - lookbackMs).toISOString(), to };
}

/** What a row is told by, where its source has it. */
const SHOWN = [
  'call_id',
  'event_id',
  'agent_id',
  'server_id',
  'tool_name',
  'caller_identity',
  'outcome',
  'auth_outcome',
  'result_code',
  'http_status',
  'failure_layer',
  'correlation_id',
];

/**
 * The rows of an objective that count as one class, newest first: the bad ones behind a burn, or what
 * a rule left out. They are classified by the same statement that counts them.
 */
export async function eventsOf(
  store: Store,
  objective: Objective,
  asked: EventsAsked,
): Promise<Row[]> {
  const window = windowOfEvents(objective, asked);
  const statement = await compileObjective(store, objective, window, asked);
  const { scope, classes } = statement;
  const number = classes.findIndex(({ id }) => id === asked.class);
  if (number < 0) {
    throw new RangeError(
      `'${asked.class}' is not a class of ${objective.slo}: ${classes.map(({ id }) => id).join(', ')}`,
    );
  }
  const shown = SHOWN.filter((name) => scope.columns.has(name));
  const measured = objective.good.kind === 'latency' ? [objective.good.field] : [];
  const time = column(scope, objective.time, [], 'time');
  const ids = shown.filter((name) => name === 'call_id' || name === 'event_id');
  const columns = [
    `    ${time} as "at"`,
    ...[...shown, ...measured].map((name) => `    "${name}"`),
    `    ${weightSql(objective.weight)} as counted_weight`,
    `    ${classNumber(classes)} as class_no`,
  ];
  const sql = `select ${['"at"', ...shown, ...measured].join(', ')}, counted_weight as weight
from (
${statement.classified(columns)}
) as rows_in_scope
where class_no = ${number}
order by "at" desc${ids.map((name) => `, ${name}`).join('')}
limit ${asked.limit}`;
  return run(store, objective, sql, statement);
}
