import type { Store } from '../../store/store.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A readable id for the n-th thing: uuid(7) ends in 7. */
export function uuid(n: number): string {
  return `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
}

/** A call that both sides saw and that went well; a test states what is different. */
export function call(n: number, fields: Fields = {}): Fields {
  return {
    call_id: uuid(n),
    timestamp: `2026-11-10T10:${String(n % 60).padStart(2, '0')}:00Z`,
    agent_id: 'a-1',
    agent_id_source: 'header',
    agent_id_verified: false,
    server_id: 'weather',
    tool_name: 'get_forecast',
    caller_identity: 'ann@contoso.com',
    latency_ms: 100,
    result_code: '200',
    gateway_seen: true,
    server_seen: true,
    match_rung: 'operation_id',
    match_confidence: 0.98,
    match_candidates: 1,
    event_ids: '',
    transport_outcome: 'ok',
    protocol_outcome: 'ok',
    tool_outcome: 'ok',
    outcome: 'success',
    weight: 1,
    is_sampled: false,
    ...fields,
  };
}

/** Inserts rows as they are written; what a row leaves out is null. */
export async function insert(store: Store, table: string, rows: readonly Fields[]): Promise<void> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shape = JSON.stringify([Object.fromEntries(names.map((name) => [name, 'VARCHAR']))]);
  await store.run(
    `insert into ${table} by name select unnest(from_json($rows, '${shape}'), recursive := true)`,
    { rows: JSON.stringify(rows) },
  );
}

/** All of November 2026. */
export const NOVEMBER = { from_at: '2026-11-01T00:00:00Z', to_at: '2026-12-01T00:00:00Z' };
