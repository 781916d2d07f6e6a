import type { Store } from '../../store/store.ts';
import { call, insert, uuid } from './evidence.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const PRICE = { origin: 'p', currency: 'USD', unit: '1', valid_from: '2026-01-01T00:00:00Z' };

const PRICES: Rows = [
  { ...PRICE, position: 0, meter: 'input_tokens', model: 'm', unit_price: '0.000000333333' },
  { ...PRICE, position: 1, meter: 'output_tokens', model: 'm', unit_price: '0.000001000001' },
  { ...PRICE, position: 2, meter: 'tool_call', server_id: 's-1', unit_price: '0.002' },
  { ...PRICE, position: 3, meter: 'fixed', name: 'apim', unit_price: '700.01' },
  {
    ...PRICE,
    position: 4,
    meter: 'tool_call',
    server_id: 's-2',
    unit_price: '0.1',
    currency: 'EUR',
  },
];

const CALLS: Rows = Array.from({ length: 97 }, (_, n) =>
  call(n + 1, {
    agent_id: n % 5 === 0 ? null : `a-${n % 4}`,
    other_agent_id: n % 5 === 1 ? `b-${n % 3}` : null,
    server_id: n % 11 === 0 ? null : `s-${n % 4}`,
    tool_name: n % 13 === 0 ? null : `t-${n % 6}`,
    outcome: ['success', 'failure', 'denied', 'unknown'][n % 4],
    failure_layer: n % 4 === 1 ? ['gateway', 'server', null][n % 3] : null,
    latency_ms: n % 9 === 0 ? null : (n % 7) * 1.1,
    gateway_latency_ms: n % 9 === 0 ? null : (n % 7) * 1.1,
    gateway_overhead_ms: n % 6 === 0 ? null : (n % 5) * 0.3,
    match_confidence: [0.98, 0.7, 0.1][n % 3],
    session_key: n % 8 === 0 ? null : `k-${n % 20}`,
    session_source: n % 8 === 0 ? null : ['declared', 'trace'][n % 2],
    gateway_seen: n % 10 !== 0,
    executed: n % 3 === 0 ? null : true,
    server_version: n % 2 === 0 ? '1.0' : `1.${n % 3}`,
    caller_ip: `203.0.113.${n % 6}`,
    weight: 1 + (n % 3),
  }),
);

const MODEL_CALLS: Rows = Array.from({ length: 53 }, (_, n) => ({
  event_id: uuid(1000 + n),
  timestamp: `2026-11-1${n % 9}T01:00:00Z`,
  agent_id: n % 7 === 0 ? null : `a-${n % 4}`,
  model: n % 6 === 0 ? null : n % 2 === 0 ? 'm' : 'n',
  input_tokens: n * 17,
  output_tokens: n % 8 === 0 ? null : n * 3,
  weight: 1 + (n % 2),
}));

const EVENTS: Rows = Array.from({ length: 60 }, (_, n) => ({
  event_id: uuid(2000 + n),
  item_no: 0,
  source_table: `T${n % 5}`,
  source_rank: 1,
  content_hash: n,
  batch_id: 1,
  record_no: n,
  layer: ['gateway', 'server', 'identity'][n % 3],
  kind: ['request', 'call', 'sign_in'][n % 3],
  occurred_at: `2026-11-1${n % 4}T0${n % 7}:00:00Z`,
  caller_ip: `203.0.113.${n % 6}`,
  agent_id: `a-${n % 4}`,
  is_success: n % 2 === 0,
  result_code: String(n % 2),
  weight: 1 + (n % 2),
  response_body_logged_bytes: n % 4,
}));

const RISKS: Rows = Array.from({ length: 6 }, (_, n) => ({
  ...EVENTS[0],
  event_id: uuid(2900 + n),
  layer: 'platform',
  kind: n % 2 === 0 ? 'risk_state' : 'risk_event',
  agent_id: `a-${n % 3}`,
  tags: JSON.stringify({ risk_level: n < 3 ? 'high' : 'low', risk_state: 'atRisk' }),
}));

const ATTEMPTS: Rows = Array.from({ length: 30 }, (_, n) => ({
  event_id: uuid(3000 + n),
  timestamp: '2026-11-10T01:00:00Z',
  server_id: `s-${n % 4}`,
  caller_ip: `203.0.113.${n % 6}`,
  auth_outcome: ['success', 'failure', 'challenge'][n % 3],
  weight: 1,
}));

const REJECTED: Rows = Array.from({ length: 12 }, (_, n) => ({
  batch_id: 1,
  record_no: n,
  source: `f-${n % 3}`,
  reason: `r-${n % 2}`,
  record_bytes: n,
  record_hash: `h-${n}`,
  excerpt: `e-${n}`,
}));

const BATCHES: Rows = Array.from({ length: 6 }, (_, n) => ({
  batch_id: n,
  source: `f-${n % 3}`,
  source_table: `T${n % 2}`,
  received: 4,
  stored: 1,
  duplicate: 1,
  rejected: 1,
  excluded: 1,
  sampled: 0,
  truncated: 0,
}));

const REDACTIONS: Rows = Array.from({ length: 9 }, (_, n) => ({
  batch_id: n % 6,
  source: `f-${n % 3}`,
  source_table: `T${n % 2}`,
  column_name: ['url_path', 'tags'][n % 2],
  kind: ['bearer_token', 'email', 'password'][n % 3],
  redacted: 1 + (n % 2),
}));

const UNREADABLE: Rows = Array.from({ length: 6 }, (_, n) => ({
  batch_id: n % 3,
  source: `f-${n % 2}`,
  source_table: `T${n % 2}`,
  column_name: ['latency_ms', 'http_status'][n % 2],
  unreadable: 1,
}));

const GAP = {
  source: 'contoso/apim-logs/mcp-witness',
  partition_id: '0',
  cause: 'loss',
  from_sequence_number: 5,
  to_sequence_number: 9,
  to_at: '2026-11-10T10:00:00Z',
  noticed_at: '2026-11-10T11:00:00Z',
};

const KNOWN = { is_known: true, origin: 'i' };

const TABLES: Readonly<Record<string, Rows>> = {
  prices: PRICES,
  correlated_calls: CALLS,
  model_calls: MODEL_CALLS,
  events: [...EVENTS, ...RISKS],
  auth_attempts: ATTEMPTS,
  rejected_records: REJECTED,
  ingest_batches: BATCHES,
  redactions: REDACTIONS,
  unreadable_values: UNREADABLE,
  stream_gaps: [
    GAP,
    { ...GAP, partition_id: '1' },
    { ...GAP, cause: 'recreated', to_sequence_number: null },
    { ...GAP, source: 'retention', partition_id: 'evidence', cause: 'removed' },
  ],
  retention_runs: ['events', 'correlated_calls'].map((table_name) => ({
    class: 'evidence',
    kept_from: '2026-10-01T00:00:00Z',
    table_name,
    removed: 3,
    applied_at: '2026-11-01T00:00:00Z',
  })),
  agents: [
    { ...KNOWN, agent_id: 'a-1', display_name: 'helpdesk', owner: 'it', cost_center: 'CC-1' },
    { ...KNOWN, agent_id: 'a-2', cost_center: 'CC-2' },
  ],
  servers: [{ ...KNOWN, server_id: 's-1', cost_center: 'CC-3' }],
  tools: [
    { server_id: 's-1', tool_name: 't-1', tool_class: 'destructive', approval: 'required' },
    { server_id: 's-2', tool_name: 't-2', tool_class: 'read_only' },
  ],
};

/**
 * A small fleet with everything that tends to get lost or to come out in any order: no agent, no
 * price, no server, odd weights, equal times.
 */
export async function insertFleet(store: Store, { reversed = false } = {}): Promise<void> {
  for (const [table, rows] of Object.entries(TABLES)) {
    await insert(store, table, reversed ? rows.toReversed() : rows);
  }
}
