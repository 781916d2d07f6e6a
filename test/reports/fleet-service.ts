import { hourAt, numbers } from './draw.ts';
import type { Rows } from './fleet.ts';

const DAYS = Array.from({ length: 30 }, (_, day) => day);

const SOURCES: readonly (readonly [table: string, layer: string, kind: string, records: number])[] =
  [
    ['ApiManagementGatewayLogs', 'gateway', 'request', 124_210],
    ['ApiManagementGatewayMCPLog', 'gateway', 'call', 101_882],
    ['ApiManagementGatewayLlmLog', 'model', 'tokens', 18_204],
    ['AppRequests', 'server', 'request', 64_119],
    ['AppTraces', 'server', 'call', 61_730],
    ['OTelSpans', 'server', 'call', 35_402],
    ['AADServicePrincipalSignInLogs', 'identity', 'sign_in', 8_120],
  ];

/** Which fields a source brings, in the order of the contract. */
const FIELDS: Readonly<Record<string, readonly number[]>> = {
  ApiManagementGatewayLogs: [1, 0.93, 1, 0, 0.71, 0.97, 1, 0.88, 0, 0, 1, 1],
  ApiManagementGatewayMCPLog: [1, 0, 1, 0.9991, 0.64, 0, 0, 0, 0, 0, 0, 0.42],
  ApiManagementGatewayLlmLog: [1, 0.81, 0, 0, 0, 0.4, 1, 0, 0, 0, 0, 0],
  AppRequests: [1, 0, 1, 0.12, 0, 0.33, 0, 0, 0, 0, 1, 1],
  AppTraces: [1, 0.98, 1, 1, 0.92, 0.95, 0.77, 0.9, 0.97, 0.31, 0.99, 1],
  OTelSpans: [1, 0.2, 1, 1, 0.88, 0, 0, 0, 0, 0, 1, 0.98],
  AADServicePrincipalSignInLogs: [1, 1, 0, 0, 0, 1, 1, 0.004, 0, 0, 0, 1],
};

const NAMES = [
  'timestamp',
  'agent_id',
  'server_id',
  'tool_name',
  'mcp_session_id',
  'caller_identity',
  'downstream_resource',
  'authorization_mode',
  'approval_required',
  'approval_result',
  'latency_ms',
  'result_code',
];

export function serviceAnswers(): Readonly<Record<string, Rows>> {
  return {
    'sre/summary': [
      {
        calls: 103_912,
        rows: 103_912,
        success: 97_846,
        failure: 3_120,
        denied: 911,
        challenge: 214,
        unknown: 1_821,
        failure_ratio: 0.0309,
        hidden_failures: 2_408,
        matched_calls: 96_411,
        matched_ratio: 0.92781,
        gateway_only_calls: 7_189,
        server_only_calls: 312,
        sampled_calls: 1_204,
        incomplete_calls: 41_877,
        agents: 11,
        unowned_agents: 2,
        unattributed_calls: 3_402,
        servers: 6,
        first_call_at: '2026-10-22T00:00:11.402113Z',
        last_call_at: '2026-11-20T23:59:48.120000Z',
        complete_to_at: '2026-11-20T23:58:02.771000Z',
      },
    ],
    'sre/loss_accounting': losses(),
    'sre/unreadable_by_source': [],
    'sre/coverage_by_source': SOURCES.map(([source_table, layer, kind, records]) => ({
      source_table,
      layer,
      kind,
      records,
      ...Object.fromEntries(
        NAMES.map((name, index) => [`${name}_ratio`, FIELDS[source_table]?.[index] ?? 0]),
      ),
    })),
    'sre/coverage_by_source_and_field': contract(),
    'sre/coverage_holes': [
      hole('mcp_session_id', 'docs-mcp', 'gateway', 2_176, 7_217),
      hole('mcp_session_id', 'docs-mcp', 'server', 2_176, 7_217),
      hole('caller_identity', 'mail-mcp', 'gateway', 912, 3_349),
      hole('caller_identity', 'mail-mcp', 'server', 912, 3_349),
      hole('approval_result', 'billing-mcp', 'server', 41, 12_118),
    ],
    'sre/matches_by_rung': [
      rung('operation_id', 88_204, 0.998, 112),
      rung('gateway_only', 7_189, 1, 0),
      rung('session', 6_911, 0.91, 804),
      rung('agent', 1_296, 0.74, 402),
      rung('server_only', 312, 1, 0),
    ],
    'sre/sampling_by_source': SOURCES.map(([source_table, layer, , records]) => ({
      source_table,
      layer,
      records,
      sampled_records: source_table === 'AppRequests' ? 1_204 : 0,
      sampled_ratio: source_table === 'AppRequests' ? 1_204 / 64_119 : 0,
      represented: source_table === 'AppRequests' ? records + 4_816 : records,
      max_weight: source_table === 'AppRequests' ? 5 : 1,
      truncated_records: source_table === 'AppTraces' ? 18 : 0,
    })),
    'sre/hours_by_source': hours(),
    'sre/calls_by_day': callsByDay(),
    'sre/latency_by_day': latency(),
    'sre/latency_by_hour': [],
    'sre/latency_by_tool': latencyByTool(),
    'sre/outcomes_by_server': [
      server('billing-mcp', 'finance-platform@contoso.com', 12_430, 1_404, 1_220),
      server('tickets-mcp', 'it-ops@contoso.com', 28_914, 902, 811),
      server('weather-mcp', 'team-weather@contoso.com', 41_005, 610, 377),
      server('crm-mcp', 'sales-eng@contoso.com', 17_902, 204, 0),
      server('mail-mcp', null, 3_349, 0, 0),
      server('search-mcp', 'team-search@contoso.com', 312, 0, 0),
    ],
  };
}

function contract(): Rows {
  return SOURCES.filter(([, , kind]) => kind === 'request' || kind === 'call').flatMap(
    ([source_table, layer, kind, records]) =>
      NAMES.map((field, index) => {
        const present_ratio = FIELDS[source_table]?.[index] ?? 0;
        return {
          source_table,
          layer,
          kind,
          field,
          state: present_ratio === 0 ? 'cannot_hold' : present_ratio === 1 ? 'complete' : 'partial',
          present_ratio: present_ratio === 0 ? null : present_ratio,
          records,
          represented: records,
          present: Math.round(records * present_ratio),
        };
      }),
  );
}

function hole(
  field: string,
  server_id: string,
  side: string,
  missing_calls: number,
  calls: number,
) {
  return {
    field,
    server_id,
    api_id: server_id,
    server_owner: 'it-ops@contoso.com',
    side,
    missing_ratio: missing_calls / calls,
    calls,
    missing_calls,
    seen_calls: missing_calls,
  };
}

function losses(): Rows {
  return SOURCES.map(([source_table, , , records], index) => ({
    source: index < 3 ? 'stream' : 'workspace',
    source_table,
    batches: 31,
    received: records + 840 + index * 3 + 1_200,
    stored: records,
    duplicate: 840,
    rejected: index * 3,
    excluded: 1_200,
    unaccounted: 0,
    sampled: source_table === 'AppRequests' ? 1_204 : 0,
    truncated: source_table === 'AppTraces' ? 18 : 0,
    first_at: '2026-10-22T00:00:03Z',
    last_at: '2026-11-20T23:59:58Z',
  }));
}

function rung(match_rung: string, calls: number, mean_confidence: number, ambiguous_calls: number) {
  return {
    match_rung,
    calls,
    calls_ratio: calls / 103_912,
    mean_confidence,
    min_confidence: mean_confidence - 0.2,
    ambiguous_calls,
    max_candidates: ambiguous_calls === 0 ? 1 : 4,
  };
}

function hours(): Rows {
  const next = numbers(11);
  return SOURCES.flatMap(([source, , , records]) => {
    const heard = Array.from({ length: 720 }, (_, hour) => hour).filter(
      (hour) => !(source === 'OTelSpans' && hour > 330 && hour < 358) && next() > 0.003,
    );
    return heard.map((hour, index) => ({
      source,
      hour: hourAt(hour),
      records: Math.round((records / 720) * (0.5 + next())),
      represented: Math.round(records / 720),
      silent_hours_before: index === 0 ? null : hour - (heard[index - 1] ?? 0) - 1,
    }));
  });
}

function callsByDay(): Rows {
  const next = numbers(3);
  const typical = { success: 3_260, failure: 70, denied: 30, challenge: 7, unknown: 60 };
  return DAYS.flatMap((day) =>
    Object.entries(typical).map(([outcome, calls]) => ({
      day: hourAt(day * 24),
      outcome,
      calls: Math.round(
        calls *
          (day % 7 === 2 || day % 7 === 3 ? 0.35 : 1) *
          (0.8 + next() * 0.4) *
          (outcome === 'failure' && day > 24 ? 3.4 : 1),
      ),
      agents: 11,
      servers: 6,
    })),
  );
}

function latency(): Rows {
  const next = numbers(5);
  return DAYS.filter((day) => day !== 14).flatMap((day) =>
    [
      ['read_only', 240, day > 24 ? 1_910 : 1_080, 2_600, 2_700],
      ['write', 610, 2_900, 5_100, 600],
    ].map(([tool_class, p50, p95, p99, calls]) => ({
      day: hourAt(day * 24),
      tool_class: String(tool_class),
      calls: Math.round(Number(calls) * (0.8 + next() * 0.3)),
      rows: Number(calls),
      unmeasured_calls: 3,
      p50_ms: Number(p50) * (0.95 + next() * 0.1),
      p95_ms: Number(p95) * (0.93 + next() * 0.14),
      p99_ms: Number(p99) * (0.85 + next() * 0.3),
      max_ms: Number(p99) * 2.2,
    })),
  );
}

function latencyByTool(): Rows {
  const tools = [
    ['billing-mcp', 'refund_payment', 'destructive', 412, 1_840],
    ['crm-mcp', 'query_customer', 'read_only', 17_902, 1_702],
    ['tickets-mcp', 'create_ticket', 'write', 9_120, 1_322],
    ['billing-mcp', 'list_invoices', 'read_only', 10_914, 1_120],
    ['tickets-mcp', 'search_tickets', 'read_only', 19_794, 802],
    ['weather-mcp', 'get_forecast', 'read_only', 30_110, 402],
  ] as const;
  return tools.map(([server_id, tool_name, tool_class, calls, p95_ms]) => ({
    server_id,
    tool_name,
    tool_class,
    calls,
    rows: calls,
    unmeasured_calls: 0,
    p50_ms: p95_ms / 4.4,
    p95_ms,
    p99_ms: p95_ms * 2.1,
    max_ms: p95_ms * 4,
  }));
}

function server(
  server_id: string,
  server_owner: string | null,
  calls: number,
  failure: number,
  hidden_failures: number,
) {
  return {
    server_id,
    environment: 'production',
    server_owner,
    calls,
    success: calls - failure,
    failure,
    denied: 20,
    challenge: 4,
    unknown: 0,
    failure_ratio: failure / calls,
    transport_errors: failure - hidden_failures,
    protocol_errors: Math.round(hidden_failures / 3),
    tool_errors: hidden_failures - Math.round(hidden_failures / 3),
    hidden_failures,
    last_failure_at: failure === 0 ? null : '2026-11-20T22:11:09.501000Z',
  };
}
