import fc from 'fast-check';
import { KEPT, RESULTS } from '../../correlate/steps.ts';
import type { Store } from '../../store/store.ts';
import {
  approval,
  dependency,
  type EventFields,
  gatewayAppRequest,
  gatewayCall,
  gatewayLog,
  idOf,
  ingest,
  mcpLog,
  mcpSpan,
  modelUse,
  serverLog,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

const MAKERS = {
  gatewayCall,
  gatewayLog,
  mcpLog,
  gatewayAppRequest,
  serverRequest,
  toolCallRecord,
  mcpSpan,
  serverLog,
  dependency,
  approval,
  modelUse: (fields: EventFields) => modelUse({ ...fields, tool_name: null }),
} as const;

/** One event as it arrives: in which delivery, and perhaps in a better copy with a later one. */
export interface DrawnEvent {
  readonly fields: EventFields;
  readonly delivery: number;
  readonly better: EventFields | undefined;
  readonly betterDelivery: number;
}

/** The same evidence on every run; more and other evidence by the environment, to search for faults. */
const runs = Number(process.env['DRAWN_RUNS'] ?? 6);
export const DRAWN = {
  size: Number(process.env['DRAWN_EVENTS'] ?? 60),
  runs,
  parameters: { numRuns: runs, seed: Number(process.env['DRAWN_SEED'] ?? 20261101) },
} as const;

const HOUR_MS = 3_600_000;

const name = (prefix: string, below: number) => fc.nat(below - 1).map((n) => `${prefix}${n}`);
const orNone = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) =>
  fc.option(arbitrary, { nil: null, freq });

/** What an event may say. There are few of each thing, so that much is joined, and much by chance. */
function drawnFields(size: number) {
  const traces = name('t', size).map(trace);
  return fc.record({
    maker: fc.constantFrom(...(Object.keys(MAKERS) as (keyof typeof MAKERS)[])),
    hour: fc.nat(3),
    tick: fc.nat(60),
    item_no: fc.nat(1),
    correlation_id: name('r', size),
    resource_id: fc.constantFrom('/apim', null),
    operation_id: orNone(traces, 3),
    linked_operation_id: orNone(traces, 1),
    span_id: orNone(name('s', size)),
    parent_span_id: orNone(name('s', size)),
    mcp_session_id: orNone(name('m', size), 1),
    conversation_id: orNone(name('c', size), 1),
    agent_id: orNone(fc.constantFrom('bot', 'cat'), 4),
    agent_id_source: fc.constantFrom('header', 'token'),
    caller_identity: orNone(fc.constantFrom('ann', 'bob')),
    server_id: fc.constantFrom('weather', 'billing', 'llm'),
    tool_name: fc.constantFrom('x', 'y', null),
    approval_id: orNone(name('p', size), 1),
    arguments_hash: fc.constantFrom('h1', 'h2', null),
    mcp_method: fc.constantFrom('tools/call', 'tools/call', 'initialize', null),
    http_status: fc.constantFrom(200, 200, 401, 500, null),
    latency_ms: fc.constantFrom(100, 900, 5_000, null),
    result_type: fc.constantFrom('input_required', null, null, null),
    rpc_request_id: orNone(name('j', 3), 1),
  });
}

type Drawn = ReturnType<typeof drawnFields> extends fc.Arbitrary<infer T> ? T : never;

function eventOf(id: string, { maker, hour, tick, ...fields }: Drawn): EventFields {
  const at = hour * HOUR_MS + tick * 700;
  if (maker === 'dependency' || maker === 'approval') {
    return MAKERS[maker]({ id, at, ...fields, mcp_method: null, http_status: null });
  }
  return MAKERS[maker]({ id, at, ...fields });
}

/** Evidence in several deliveries, some of it late, some of it first in a worse copy. */
export function deliveredEvidence(size: number, deliveries: number): fc.Arbitrary<DrawnEvent[]> {
  const drawn = drawnFields(Math.ceil(size / 3));
  const event = fc.record({
    fields: drawn,
    delivery: fc.nat(deliveries - 1),
    better: fc.option(drawn, { nil: undefined, freq: 5 }),
    betterDelivery: fc.nat(deliveries - 1),
  });
  return fc.array(event, { minLength: size / 2, maxLength: size, size: 'max' }).map((events) =>
    events.map(({ fields, better, ...when }, no) => ({
      ...when,
      fields: eventOf(`e${no}`, fields),
      better: better && eventOf(`e${no}`, better),
    })),
  );
}

/** The evidence of one delivery: what is new, and better copies of what was there. */
export async function deliver(
  store: Store,
  events: readonly DrawnEvent[],
  delivery: number,
): Promise<void> {
  const batch_id = delivery + 1;
  const isBetterNow = (event: DrawnEvent) =>
    event.better !== undefined &&
    event.betterDelivery === delivery &&
    event.betterDelivery > event.delivery;
  const first = events.filter((event) => event.delivery === delivery).map(({ fields }) => fields);
  const better = events.filter(isBetterNow).map((event) => event.better as EventFields);
  const ids = better.map(({ id }) => idOf(id));
  await store.run(
    `insert into replaced_events by name
     select event_id, batch_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
     from events where list_contains($ids, cast(event_id as varchar))`,
    { ids },
  );
  await store.run('delete from events where list_contains($ids, cast(event_id as varchar))', {
    ids,
  });
  const arrived = [...first, ...better].map((fields) => ({ ...fields, batch_id }));
  if (arrived.length > 0) await ingest(store, arrived);
}

/** The evidence as it stands after a delivery, however it came. */
export function evidenceAfter(events: readonly DrawnEvent[], delivery: number): EventFields[] {
  return events
    .filter((event) => event.delivery <= delivery)
    .map(({ fields, better, ...when }) =>
      better && when.betterDelivery > when.delivery && when.betterDelivery <= delivery
        ? better
        : fields,
    );
}

/** Every row that correlation wrote, what it keeps for the next time included. */
export function writtenRows(store: Store): Promise<string[]> {
  return rowsOfTables(store, [...RESULTS, 'tool_calls', ...Object.keys(KEPT), 'kept_groups']);
}

/** The rows of several tables, each in an order of its own. */
export async function rowsOfTables(store: Store, tables: readonly string[]): Promise<string[]> {
  const rows: string[] = [];
  for (const table of tables) {
    for (const row of await store.rows(`select * from ${table} order by all`)) {
      rows.push(`${table} ${JSON.stringify(row)}`);
    }
  }
  return rows;
}
