import { hourAt, numbers } from './draw.ts';
import type { Rows } from './fleet.ts';

const AGENTS: readonly (readonly [name: string | null, owner: string | null, calls: number])[] = [
  ['helpdesk-bot', 'it-ops@contoso.com', 31_402],
  ['weather-concierge', 'team-weather@contoso.com', 29_118],
  ['sales-copilot', 'sales-eng@contoso.com', 17_640],
  ['invoice-agent', 'finance-platform@contoso.com', 11_904],
  ['release-notes-writer', 'dev-prod@contoso.com', 6_230],
  [null, null, 3_402],
  ['c41e77d0-53c2-4d1b-9f0e-6a1f2b9d8e10', null, 2_916],
  ['night-batch', null, 1_300],
];

const TOOLS: readonly (readonly [server: string, tool: string, toolClass: string])[] = [
  ['weather-mcp', 'get_forecast', 'read_only'],
  ['weather-mcp', 'get_alerts', 'read_only'],
  ['tickets-mcp', 'search_tickets', 'read_only'],
  ['tickets-mcp', 'create_ticket', 'write'],
  ['tickets-mcp', 'close_ticket', 'write'],
  ['billing-mcp', 'list_invoices', 'read_only'],
  ['billing-mcp', 'delete_invoice', 'destructive'],
  ['billing-mcp', 'refund_payment', 'destructive'],
  ['crm-mcp', 'query_customer', 'read_only'],
  ['crm-mcp', 'merge_customers', 'destructive'],
  ['mail-mcp', 'send_mail', 'write'],
];

export function securityAnswers(): Readonly<Record<string, Rows>> {
  return {
    'soc/noteworthy_calls': noteworthy(),
    'soc/gateway_bypass_by_server': [
      bypass('billing-mcp', 'finance-platform@contoso.com', 12_118, 11_904, 288),
      bypass('search-mcp', 'team-search@contoso.com', 288, 312, 24, 9),
      bypass('crm-mcp', 'sales-eng@contoso.com', 17_902, 17_400, 0),
      bypass('mail-mcp', null, 3_349, 0, 0),
      bypass('tickets-mcp', 'it-ops@contoso.com', 28_914, 28_101, 0),
      bypass('weather-mcp', 'team-weather@contoso.com', 41_005, 39_006, 0),
    ],
    'soc/calls_by_agent': agents(),
    'soc/tools_by_agent': tools(),
    'soc/approvals_by_tool': [
      approval('billing-mcp', 'delete_invoice', 'destructive', 214, 7, 2),
      approval('billing-mcp', 'refund_payment', 'destructive', 412, 0, 0),
      approval('crm-mcp', 'merge_customers', 'destructive', 38, 0, 5),
      approval('mail-mcp', 'send_mail', 'write', 3_349, 0, 0),
    ],
  };
}

function noteworthy(): Rows {
  const next = numbers(23);
  const kinds = [
    ['ran_unapproved', 'billing-mcp', 'delete_invoice', 'destructive', 'success', '200', 7],
    ['around_gateway', 'billing-mcp', 'refund_payment', 'destructive', 'success', '200', 305],
    ['around_gateway', 'search-mcp', 'search_index', 'read_only', 'success', '200', 305],
    ['denied', 'crm-mcp', 'merge_customers', 'destructive', 'denied', '403', 911],
    ['failed', 'tickets-mcp', 'create_ticket', 'write', 'failure', 'isError', 3_113],
    ['failed', 'crm-mcp', 'query_customer', 'read_only', 'failure', '-32603', 3_113],
  ] as const;
  return Array.from({ length: 24 }, (_, index) => {
    const [why, server_id, tool_name, tool_class, outcome, result_code, calls_like_it] =
      kinds[Math.floor(next() * kinds.length)] ?? kinds[0];
    const agent = AGENTS[Math.floor(next() * AGENTS.length)]?.[0] ?? null;
    return {
      timestamp: hourAt(718 - index * 3).replace('Z', `.${String(index * 37 + 101)}000Z`),
      why,
      agent,
      caller_identity: index % 4 === 0 ? null : `svc-${agent ?? 'unknown'}@contoso.com`,
      server_id,
      tool_name,
      tool_class,
      outcome,
      result_code,
      failure_layer: outcome === 'failure' ? 'tool' : null,
      approval_result: null,
      latency_ms: 100 + next() * 2_000,
      match_rung: why === 'around_gateway' ? 'server_only' : 'operation_id',
      calls_like_it,
      call_id: `0c5f${String(index).padStart(4, '0')}-7a21-4c11-9b6e-5a90d1c2e3f4`,
    };
  });
}

function bypass(
  server_id: string,
  server_owner: string | null,
  gateway_calls: number,
  server_calls: number,
  bypass_calls: number,
  not_through = bypass_calls,
) {
  return {
    server_id,
    environment: 'production',
    server_owner,
    bypass_state:
      not_through > 0
        ? 'bypassed'
        : bypass_calls > 0 || server_calls === 0
          ? 'not_provable'
          : 'none_seen',
    gateway_calls,
    server_calls,
    gateway_seen_ratio: server_calls === 0 ? null : gateway_calls / (gateway_calls + bypass_calls),
    unseen_calls: bypass_calls,
    bypass_calls,
    not_through_calls: not_through,
    log_late_calls: bypass_calls - not_through,
    log_sampled_calls: 0,
    log_off_calls: 0,
    not_provable_calls: 0,
    not_through_destructive: Math.round(not_through / 12),
    bypass_ratio: server_calls === 0 ? null : bypass_calls / server_calls,
    destructive_calls: Math.round(bypass_calls / 12),
    agents: bypass_calls === 0 ? 0 : 2,
    is_observable: server_calls > 0,
    first_bypass_at: bypass_calls === 0 ? null : hourAt(401),
    last_bypass_at: bypass_calls === 0 ? null : hourAt(711),
  };
}

function agents(): Rows {
  return AGENTS.map(([name, owner, calls], index) => ({
    agent: name,
    agent_id: name === null ? null : `7f1d0c52-8a31-4b1f-9a77-0d9b21c3f0${10 + index}`,
    agent_owner: owner,
    is_known: name === null ? null : owner !== null || name === 'night-batch',
    agent_id_source: name === null ? 'none' : index % 3 === 1 ? 'header' : 'token',
    is_verified: name !== null && index % 3 !== 1,
    calls,
    failed_calls: Math.round(calls * 0.03),
    denied_calls: Math.round(calls * 0.009),
    destructive_calls: index === 3 ? 626 : index * 3,
    bypass_calls: index > 5 ? 156 : 0,
    servers: 1 + (index % 4),
    tools: 2 + (index % 5),
    callers: 1 + index,
    ips: 2 + index,
    first_at: hourAt(0),
    last_at: hourAt(719),
  }));
}

function tools(): Rows {
  const next = numbers(31);
  return AGENTS.flatMap(([agent, , calls], index) =>
    TOOLS.filter(() => next() > 0.45).map(([server_id, tool_name, tool_class]) => ({
      agent,
      agent_id: agent === null ? null : `7f1d0c52-8a31-4b1f-9a77-0d9b21c3f0${10 + index}`,
      server_id,
      tool_name,
      tool_class,
      is_destructive: tool_class === 'destructive',
      calls: Math.max(
        1,
        Math.round((calls * next() ** 3) / (tool_class === 'destructive' ? 40 : 2)),
      ),
      failed_calls: 4,
      denied_calls: 1,
      first_at: hourAt(3),
      last_at: hourAt(717),
    })),
  ).sort((a, b) => b.calls - a.calls);
}

function approval(
  server_id: string,
  tool_name: string,
  tool_class: string,
  calls: number,
  bypass_calls: number,
  unprovable_calls: number,
) {
  return {
    server_id,
    tool_name,
    tool_class,
    calls,
    required_calls: calls,
    approved_calls: Math.round(calls * 0.9),
    denied_calls: Math.round(calls * 0.06),
    expired_calls: Math.round(calls * 0.02),
    undecided_calls: unprovable_calls,
    executed_calls: Math.round(calls * 0.9) + bypass_calls,
    bypass_calls,
    contradicted_calls: Math.min(bypass_calls, 3),
    late_calls: Math.max(0, bypass_calls - 3),
    reused_calls: 0,
    unprovable_calls,
    median_wait_ms: 48_200,
    last_bypass_at: bypass_calls === 0 ? null : hourAt(690),
  };
}
