import type { Parameter, Store } from '../../store/store.ts';

export type Fields = Readonly<Record<string, Parameter>>;

/** The moment at which tests judge; the window is the 30 days before. */
export const AT = new Date('2026-11-20T00:00:00Z');

/** A time that many minutes before `AT`. */
export function ago(minutes: number): string {
  return new Date(AT.getTime() - minutes * 60_000).toISOString();
}

export const DAY = 1_440;

let serial = 0;

/** A UUID that no other row of the test run has. */
export function uuid(): string {
  serial += 1;
  return `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}

const CALL: Fields = {
  agent_id: 'agent-1',
  agent_id_source: 'header',
  agent_id_verified: false,
  server_id: 'server-1',
  tool_name: 'search',
  caller_identity: 'caller-1',
  latency_ms: 100,
  gateway_seen: true,
  server_seen: true,
  match_rung: 'operation_id',
  match_confidence: 1,
  match_candidates: 1,
  event_ids: '',
  transport_outcome: 'ok',
  protocol_outcome: 'ok',
  tool_outcome: 'ok',
  outcome: 'success',
  weight: 1,
  is_sampled: false,
};

const ATTEMPT: Fields = { server_id: 'server-1', environment: 'production', weight: 1 };

const EVENT: Fields = {
  item_no: 0,
  source_rank: 1,
  batch_id: 1,
  record_no: 1,
  kind: 'request',
  weight: 1,
};

export async function insert(store: Store, table: string, rows: readonly Fields[]): Promise<void> {
  for (const row of rows) {
    const names = Object.keys(row);
    const columns = names.map((name) => `"${name}"`).join(', ');
    const values = names.map((name) => `$${name}`).join(', ');
    await store.run(`insert into ${table} (${columns}) values (${values})`, row);
  }
}

/** Tool calls; what a test does not say is that of an ordinary call a minute before `AT`. */
export async function insertCalls(store: Store, rows: readonly Fields[]): Promise<void> {
  const calls = rows.map((row) => ({ call_id: uuid(), timestamp: ago(1), ...CALL, ...row }));
  await insert(store, 'correlated_calls', calls);
}

/** As many equal calls. */
export async function insertManyCalls(store: Store, count: number, row: Fields): Promise<void> {
  const call: Fields = { timestamp: ago(1), ...CALL, ...row };
  const names = Object.keys(call);
  await store.run(
    `insert into correlated_calls (call_id, ${names.map((name) => `"${name}"`).join(', ')})
     select uuid(), ${names.map((name) => `$${name}`).join(', ')} from range($count::bigint)`,
    { ...call, count },
  );
}

export async function insertAttempts(store: Store, rows: readonly Fields[]): Promise<void> {
  const attempts = rows.map((row) => ({
    event_id: uuid(),
    timestamp: ago(1),
    ...ATTEMPT,
    ...row,
  }));
  await insert(store, 'auth_attempts', attempts);
}

/** Evidence of a layer, one event a day over the whole window. */
export async function insertLife(store: Store, layers: readonly string[], days = 30) {
  const event = { ...EVENT, content_hash: 1, newest_at: ago(600) };
  const names = Object.keys(EVENT);
  await store.run(
    `insert into events (event_id, source_table, layer, occurred_at, content_hash, ${names.join(', ')})
     select uuid(), 'table of ' || layer, layer, $newest_at::timestamptz - to_days(cast(day as integer)),
       $content_hash, ${names.map((name) => `$${name}`).join(', ')}
     from unnest(string_split($layers, ',')) as layers(layer), range($days::bigint) as days(day)`,
    { ...event, layers: layers.join(','), days },
  );
}

export async function insertEvents(store: Store, rows: readonly Fields[]): Promise<void> {
  const events = rows.map((row) => ({
    ...EVENT,
    event_id: uuid(),
    content_hash: 1,
    source_table: 'ApiManagementGatewayLogs',
    layer: 'gateway',
    occurred_at: ago(1),
    ...row,
  }));
  await insert(store, 'events', events);
}

/** An inventory with one production server, its three tools, and one owned agent. */
export async function insertInventory(store: Store): Promise<void> {
  await insert(store, 'servers', [
    {
      server_id: 'server-1',
      owner: 'team-1',
      environment: 'production',
      region: 'West Europe',
      is_known: true,
      origin: 'inventory.yaml',
    },
  ]);
  const tool = { server_id: 'server-1' };
  await insert(store, 'tools', [
    { ...tool, tool_name: 'search', tool_class: 'read_only', approval: 'not_required' },
    { ...tool, tool_name: 'update', tool_class: 'write', approval: null },
    { ...tool, tool_name: 'delete', tool_class: 'destructive', approval: 'required' },
  ]);
  await insert(store, 'agents', [
    {
      agent_id: 'agent-1',
      display_name: 'helpdesk',
      owner: 'team-1',
      environment: 'production',
      is_known: true,
      origin: 'inventory.yaml',
    },
  ]);
}
