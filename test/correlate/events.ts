import { createHash } from 'node:crypto';
import type { Store } from '../../store/store.ts';
import type { Row, Value } from '../../store/values.ts';

/** A hand-made event: `id` is any word, `at` is milliseconds after noon; the rest are columns. */
export type EventFields = {
  readonly id: string;
  readonly at?: number;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly [column: string]: unknown;
};

const NOON = Date.parse('2026-11-02T12:00:00Z');

/** The event id (so also the call id) that a word stands for. */
export function idOf(word: string): string {
  const hash = createHash('md5').update(word).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A 32-hex trace id for a word. */
export function trace(word: string): string {
  return createHash('md5').update(`trace ${word}`).digest('hex');
}

/** The time of `ms` after noon, as the store writes it. */
export function time(ms: number): string {
  return new Date(NOON + ms).toISOString();
}

/** A row of GatewayLogs. */
export function gatewayLog(fields: EventFields): EventFields {
  return {
    source_table: 'ApiManagementGatewayLogs',
    layer: 'gateway',
    kind: 'request',
    correlation_id: `request ${fields.id}`,
    http_method: 'POST',
    http_status: 200,
    server_id: 'weather',
    backend_latency_ms: 90,
    latency_ms: 100,
    ...fields,
  };
}

/** A row of GatewayLogs whose headers tell that it is a tools/call. */
export function gatewayCall(fields: EventFields): EventFields {
  return gatewayLog({ mcp_method: 'tools/call', tool_name: 'get_forecast', ...fields });
}

/** A row of the gateway's MCP log. */
export function mcpLog(fields: EventFields): EventFields {
  return {
    source_table: 'ApiManagementGatewayMCPLog',
    layer: 'gateway',
    kind: 'call',
    server_id: 'weather',
    mcp_method: 'tools/call',
    tool_name: 'get_forecast',
    ...fields,
  };
}

/** The gateway's own row in Application Insights. */
export function gatewayAppRequest(fields: EventFields): EventFields {
  return {
    ...gatewayLog(fields),
    source_table: 'AppRequests',
    backend_latency_ms: null,
    ...fields,
  };
}

/** An HTTP request that the server reported, silent about MCP unless the fields say more. */
export function serverRequest(fields: EventFields): EventFields {
  return {
    source_table: 'AppRequests',
    layer: 'server',
    kind: 'request',
    server_id: 'weather',
    span_id: `span ${fields.id}`,
    http_status: 200,
    is_success: true,
    latency_ms: 80,
    ...fields,
  };
}

/** A record named mcp.tool_call, written by the server. */
export function toolCallRecord(fields: EventFields): EventFields {
  return {
    source_table: 'AppTraces',
    layer: 'server',
    kind: 'call',
    server_id: 'weather',
    mcp_method: 'tools/call',
    tool_name: 'get_forecast',
    ...fields,
  };
}

/** An MCP span of OpenTelemetry. */
export function mcpSpan(fields: EventFields): EventFields {
  return {
    ...toolCallRecord(fields),
    source_table: 'OTelSpans',
    span_id: `span ${fields.id}`,
    ...fields,
  };
}

/** Any other server evidence. */
export function serverLog(fields: EventFields): EventFields {
  return {
    source_table: 'AppTraces',
    layer: 'server',
    kind: 'log',
    server_id: 'weather',
    ...fields,
  };
}

/** A call to something else, by the server or by the gateway. */
export function dependency(fields: EventFields): EventFields {
  return {
    source_table: 'AppDependencies',
    layer: 'server',
    kind: 'dependency',
    span_id: `span ${fields.id}`,
    ...fields,
  };
}

/** A record named mcp.approval. */
export function approval(fields: EventFields): EventFields {
  return {
    source_table: 'AppEvents',
    layer: 'approval',
    kind: 'decision',
    server_id: 'weather',
    tool_name: 'get_forecast',
    approval_result: 'approved',
    ...fields,
  };
}

/** A row of the gateway's log of model use. */
export function modelUse(fields: EventFields): EventFields {
  return {
    source_table: 'ApiManagementGatewayLlmLog',
    layer: 'model',
    kind: 'tokens',
    input_tokens: 10,
    output_tokens: 5,
    model: 'gpt-4.1-mini',
    ...fields,
  };
}

/** An agent as an inventory of Microsoft's lists it. */
export function agentReport(fields: EventFields): EventFields {
  return {
    source_table: 'AgentsInfo',
    layer: 'config',
    kind: 'agent',
    agent_id: 'object-1',
    ...fields,
  };
}

/** What API Management logs, by its own settings. */
export function diagnostic(fields: EventFields): EventFields {
  return { source_table: 'ApimDiagnostics', layer: 'config', kind: 'diagnostic', ...fields };
}

const DEFAULTS = { item_no: 0, source_rank: 0, content_hash: '0', batch_id: 1, weight: 1 };

/** Stores events; the record number is their position, which no result may depend on. */
export async function ingest(store: Store, events: readonly EventFields[]): Promise<void> {
  const columns = await store.rows('describe events');
  const struct = columns.map(
    (column) => `"${String(column['column_name'])}": "${String(column['column_type'])}"`,
  );
  const rows = events.map(({ id, at, tags, ...fields }, index) => ({
    ...DEFAULTS,
    record_no: index,
    event_id: idOf(id),
    content_hash: CONTENT_HASH,
    occurred_at: time(at ?? 0),
    tags: tags ?? null,
    ...fields,
  }));
  await store.run(
    `insert into events by name select unnest(from_json($rows, '[{${struct.join(',')}}]'), max_depth := 2)`,
    { rows: JSON.stringify(rows) },
  );
}

const CONTENT_HASH = 0;

/** Rows of a result table by the words of their ids. */
export async function rowsOf(store: Store, sql: string, words: readonly string[]): Promise<Row[]> {
  const names = new Map(words.map((word) => [idOf(word), word]));
  const named = (value: Value): Value =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => names.get(part) ?? part)
          .join(',')
      : value;
  const rows = await store.rows(sql);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, named(value)])),
  );
}
