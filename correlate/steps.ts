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

/** From events to the two sides, each call once on each side: rung 0 of the ladder. */
export const COLLAPSE_SIDES: readonly Step[] = [
  table('inventory/known_server_names'),
  table('inventory/known_agent_names'),
  table('inventory/known_servers'),
  table('inventory/known_agents'),
  table('gateway/gateway_rows'),
  table('gateway/gateway_slots'),
  table('gateway/gateway_requests'),
  table('gateway/gateway_spans'),
  table('server/request_copies'),
  table('server/server_requests'),
  table('server/server_records'),
  table('server/nested_records'),
  table('server/record_requests'),
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

/** From ids to everything a call's row says. */
export const DESCRIBE_CALLS: readonly Step[] = [
  view('results/gateway_facts'),
  view('results/both_facts'),
  table('results/request_facts'),
  table('results/rounds'),
  view('results/call_facts'),
  table('results/decided_approvals'),
  table('results/call_approvals'),
  table('results/trace_sessions'),
  table('results/inferred_sessions'),
  view('results/call_outcomes'),
  table('results/approval_uses'),
  table('results/call_members'),
  table('results/call_event_ids'),
];

/** What nothing reads once the ids of the calls are known; dropped to leave the memory to the rest. */
export const LADDER_TABLES: readonly string[] = [
  'lenders',
  'gateway_spans',
  'gateway_calls',
  'server_calls',
  'parents',
  'matches',
  'open_gateway',
  'open_server',
  'lone_traces',
  'lone_sessions',
  'server_differences',
  'server_spreads',
  'likely_attempts',
  'last_attempts',
  'contested_servers',
  'rated_matches',
  'lined_up',
  'candidates',
  'new_pairs',
  'found_pairs',
];

/** The published tables, in the order in which they rest on one another. */
export const RESULTS: readonly string[] = [
  'correlated_calls',
  'call_aliases',
  'approvals',
  'auth_attempts',
  'model_calls',
  'sessions',
  'session_aliases',
  'servers',
  'server_names',
  'agents',
  'agent_names',
  'tools',
  'gateway_settings',
];

/** Every temporary table the steps leave behind. */
export const STEP_NAMES: readonly string[] = [...COLLAPSE_SIDES, ...NAME_CALLS, ...DESCRIBE_CALLS]
  .filter((step) => step.as === 'table')
  .map((step) => step.name)
  .concat('server_offsets', 'session_names');
