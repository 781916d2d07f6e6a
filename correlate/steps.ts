/** One .sql file whose result later steps read under its own name. */
export interface Step {
  readonly path: string;
  /** The file's own name. */
  readonly name: string;
  readonly as: 'table' | 'view';
}

function table(path: string): Step {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { path: `correlate/${path}.sql`, name, as: 'table' };
}

function view(path: string): Step {
  return { ...table(path), as: 'view' };
}

/** Who is known, by the inventory and by what telemetry tells of its configuration. */
export const KNOW_PARTIES: readonly Step[] = [
  table('inventory/known_server_names'),
  table('inventory/known_agent_names'),
  table('inventory/known_servers'),
  table('inventory/known_agents'),
];

/** What only the whole evidence tells, however little of it is looked at again. */
export const KNOW_APIS: readonly Step[] = [table('results/api_uses'), table('results/model_apis')];

/** From events to the two sides, each call once on each side: rung 0 of the ladder. */
export const COLLAPSE_SIDES: readonly Step[] = [
  table('gateway/gateway_rows'),
  table('gateway/gateway_slots'),
  view('gateway/placed_rows'),
  table('gateway/model_requests'),
  table('gateway/gateway_requests'),
  table('gateway/gateway_spans'),
  table('server/request_copies'),
  table('server/server_requests'),
  table('server/server_records'),
  table('server/nested_records'),
  table('server/record_requests'),
  table('server/record_links'),
  table('server/server_evidence'),
  table('server/lenders'),
  table('server/lend_targets'),
  table('server/lends'),
  table('server/server_calls'),
  table('match/gateway_calls'),
  table('match/parents'),
];

/** From matches to the evidence of each call, as ids. */
export const NAME_CALLS: readonly Step[] = [table('match/companions'), table('results/call_ids')];

/** From ids to everything that is known of each request. */
export const DESCRIBE_REQUESTS: readonly Step[] = [
  table('results/gateway_facts'),
  table('results/server_facts'),
  view('results/both_facts'),
  table('results/request_facts'),
];

/** From requests to the evidence of each call and of each sign-in attempt. */
export const GATHER_EVIDENCE: readonly Step[] = [
  table('results/rounds'),
  table('results/earlier_tries'),
  table('results/call_members'),
  table('results/call_event_ids'),
  table('results/auth_requests'),
  table('results/auth_clients'),
];

/** From requests to everything a call's row says. */
export const DESCRIBE_CALLS: readonly Step[] = [
  view('results/call_facts'),
  table('results/decided_approvals'),
  table('results/approval_waits'),
  table('results/call_approvals'),
  table('results/round_waits'),
  table('results/trace_sessions'),
  table('results/inferred_sessions'),
  view('results/call_outcomes'),
  table('results/approval_uses'),
];

/** What nothing reads once each side is one row per call; dropped, as what follows, to leave the memory to the rest. */
export const SIDE_TABLES: readonly string[] = [
  'placed_rows',
  'gateway_spans',
  'nested_records',
  'record_requests',
  'record_links',
  'lenders',
];

/** What nothing reads once the ids of the calls are known. */
export const LADDER_TABLES: readonly string[] = [
  'gateway_requests',
  'gateway_calls',
  'server_calls',
  'parents',
  'matches',
  'open_gateway',
  'open_server',
  'two_names',
  'lone_traces',
  'lone_sessions',
  'likely_attempts',
  'last_attempts',
  'rated_matches',
  'lined_up',
  'placed_calls',
  'candidates',
  'new_pairs',
];

/** What nothing reads once the requests are described. */
export const FACT_TABLES: readonly string[] = [
  'both_facts',
  'gateway_facts',
  'server_facts',
  'lends',
];

/** What nothing reads once it is known which evidence is whose. */
export const EVIDENCE_TABLES: readonly string[] = [
  'gateway_rows',
  'gateway_slots',
  'request_copies',
  'server_requests',
  'server_records',
  'server_evidence',
  'lend_targets',
  'companions',
  'call_ids',
  'auth_requests',
];

/** What nothing reads once all calls are made. */
export const CALL_TABLES: readonly string[] = [
  'call_outcomes',
  'call_facts',
  'request_facts',
  'rounds',
  'approval_waits',
  'call_approvals',
  'round_waits',
  'trace_sessions',
  'approval_uses',
  'call_event_ids',
  'earlier_tries',
];

/** Published tables that are made of single events or calls, each with the column that says of which. */
export const RESULTS_BY_EVENT: Readonly<Record<string, string>> = {
  correlated_calls: 'call_id',
  call_aliases: 'alias_id',
  approvals: 'event_id',
  auth_attempts: 'event_id',
  model_calls: 'event_id',
};

/** Published tables of sessions, each with the column that says of which. */
export const RESULTS_BY_SESSION: Readonly<Record<string, string>> = {
  sessions: 'session_key',
  session_aliases: 'alias',
};

/** Published tables that rest on all the calls and on the inventory; small, and made anew each time. */
export const RESULTS_OF_ALL: readonly string[] = [
  'servers',
  'server_names',
  'agents',
  'agent_names',
  'tools',
  'gateway_settings',
];

/** The published tables, in the order in which they rest on one another. */
export const RESULTS: readonly string[] = [
  ...Object.keys(RESULTS_BY_EVENT),
  ...Object.keys(RESULTS_BY_SESSION),
  ...RESULTS_OF_ALL,
];

/** What the next correlation needs to know of this one: a table of the store, and what fills it. */
export const KEPT: Readonly<Record<string, string>> = {
  kept_differences: 'server_differences',
  kept_offsets: 'server_offsets',
  kept_spreads: 'server_spreads',
  kept_clock_users: 'clock_users',
  kept_contested: 'contested_servers',
  kept_lines: 'lines',
  kept_session_ties: 'session_ties',
  kept_model_apis: 'model_apis',
};

/** Of those, what belongs to single events, each with the column that says to which. */
export const KEPT_BY_EVENT: Readonly<Record<string, string>> = {
  kept_differences: 'server_key',
  kept_clock_users: 'server_key',
  kept_contested: 'server_key',
  kept_lines: 'id',
  kept_session_ties: 'id',
};

const STEP_LIST: readonly Step[] = [
  ...KNOW_PARTIES,
  ...KNOW_APIS,
  ...COLLAPSE_SIDES,
  ...NAME_CALLS,
  ...DESCRIBE_REQUESTS,
  ...GATHER_EVIDENCE,
  ...DESCRIBE_CALLS,
];

/** Every temporary view the steps leave behind, in the order in which they were made. */
export const STEP_VIEWS: readonly string[] = STEP_LIST.filter((step) => step.as === 'view').map(
  (step) => step.name,
);

/** Every temporary table the steps leave behind. */
export const STEP_TABLES: readonly string[] = STEP_LIST.filter((step) => step.as === 'table')
  .map((step) => step.name)
  .concat(Object.values(KEPT), 'session_names');
