/** The stages of a rollout, each open once the one before it is ready. */
export const CHECKPOINTS = {
  inventory: 'Inventory before exposure',
  read_only: 'One read-only path',
  write: 'One write tool with approval',
  scale: 'Scale',
} as const;

export type CheckpointId = keyof typeof CHECKPOINTS;

/** How much of what is counted must be as it should be. */
export type Required = 'every' | 'one' | { readonly percent: number };

/** What shows whether a criterion holds: a count of ours, zero controls, or each objective. */
export type Shown =
  | { readonly count: string; readonly of: string }
  | { readonly controls: readonly string[] }
  | { readonly objectives: true };

/** One exit criterion of a checkpoint. */
export interface Criterion {
  readonly checkpoint: CheckpointId;
  readonly id: string;
  readonly title: string;
  readonly shown: Shown;
  readonly required: Required;
  /** The command that shows what the number rests on. */
  readonly evidence: string;
  /** What to do where it does not hold. */
  readonly mend: string;
}

const REPORT = 'slo report';

function zero(
  checkpoint: CheckpointId,
  id: string,
  title: string,
  controls: readonly string[],
  mend: string,
): Criterion {
  return { checkpoint, id, title, shown: { controls }, required: 'every', evidence: REPORT, mend };
}

function counted(
  checkpoint: CheckpointId,
  id: string,
  title: string,
  [count, of]: readonly [count: string, of: string],
  required: Required,
  [evidence, mend]: readonly [evidence: string, mend: string],
): Criterion {
  return { checkpoint, id, title, shown: { count, of }, required, evidence, mend };
}

export const CRITERIA: readonly Criterion[] = [
  zero(
    'inventory',
    'servers_approved',
    'Servers known and approved',
    ['unapproved-servers'],
    'Write the server into the inventory with approved: true, or take it away.',
  ),
  counted(
    'inventory',
    'servers_owned',
    'Servers have an owner',
    ['servers_owned', 'server'],
    'every',
    ['query sre/readiness_paths', "Give each server an 'owner' in the inventory."],
  ),
  zero(
    'inventory',
    'agents_owned',
    'Agents known, owned and not expired',
    ['unowned-agents'],
    "Write the agent into the inventory with 'owner' and 'expires_at'.",
  ),
  counted(
    'inventory',
    'tools_classified',
    'Tools classified',
    ['tools_classified', 'tool'],
    'every',
    ['query soc/tools_by_agent', "Write the tool into the inventory with its 'class'."],
  ),
  counted(
    'inventory',
    'access_path_known',
    'Access path known, from gateway to resource',
    ['access_path_known', 'call'],
    'every',
    ['coverage --of holes', "Log what is missing; 'coverage --fix' has the snippets."],
  ),

  counted(
    'read_only',
    'read_only_path',
    'A read-only call that both sides saw succeed',
    ['read_only_path', 'path'],
    'one',
    ['query soc/tools_by_agent', 'Let one agent use one read-only tool through the gateway.'],
  ),
  zero(
    'read_only',
    'first_wave',
    'First wave read-only',
    ['first-wave-read-only'],
    'Expose only read-only tools of a new server for its first 7 days.',
  ),
  counted(
    'read_only',
    'auth_consistent',
    'Auth consistent: one known way in for each server',
    ['auth_consistent', 'server'],
    'every',
    ['query soc/auth_attempts_by_server', 'Let each server accept one kind of credential.'],
  ),
  counted(
    'read_only',
    'latency_measurable',
    'Latency measurable',
    ['latency_measurable', 'call'],
    { percent: 99 },
    ['coverage --of fields', "Log latency_ms; 'coverage --fix' has the snippets."],
  ),
  counted(
    'read_only',
    'logs_correlated',
    'Logs correlated: gateway and server saw the call',
    ['logs_correlated', 'call'],
    { percent: 95 },
    ['coverage --of matches', "Carry the traceparent to the server; 'coverage --fix' says how."],
  ),
  zero(
    'read_only',
    'costs_attributable',
    'Costs attributable',
    ['missing-cost-tags'],
    "Give the agent or the server a 'cost_center' in the inventory.",
  ),
  zero(
    'read_only',
    'no_payload_logging',
    'No hidden payload logging',
    ['body-logging', 'api-body-logging', 'logged-bodies'],
    'Set the bytes of response bodies to 0 for all APIs and for each, and ingest the settings.',
  ),

  counted(
    'write',
    'approved_write_path',
    'A tool that changes something ran with an approval',
    ['approved_write_path', 'tool'],
    'one',
    ['query soc/approvals_by_tool', 'Let one write tool run with an approval that is logged.'],
  ),
  counted(
    'write',
    'approval_explicit',
    'Approval intent explicit',
    ['approval_explicit', 'call'],
    'every',
    ['query soc/approvals_by_tool', "Say for each such tool 'approval: required' or not."],
  ),
  zero(
    'write',
    'approval_bypass',
    'No approval bypassed',
    ['approval-bypass'],
    'Let the gateway or the server refuse a destructive call without its approval.',
  ),
  counted(
    'write',
    'caller_preserved',
    'Caller preserved: the server knows whom the gateway let in',
    ['caller_preserved', 'call'],
    'every',
    ['timeline', 'Log caller_identity on both sides, in the same form.'],
  ),
  counted(
    'write',
    'identity_scoped',
    'Downstream identity scoped',
    ['identity_scoped', 'call'],
    'every',
    ['timeline --wide', 'Reach resources on behalf of the caller or by an identity of the tool.'],
  ),

  zero(
    'scale',
    'gateway_bypass',
    'No call around the gateway',
    ['gateway-bypass'],
    'Let servers accept requests of the gateway only.',
  ),
  zero(
    'scale',
    'tokens_kept',
    'No token passed through, no success without a credential',
    ['token-passthrough', 'unauthenticated-success'],
    'Exchange the token (on behalf of) at the server, and validate one at the gateway.',
  ),
  zero(
    'scale',
    'no_prompts',
    'No MCP prompts in production',
    ['prompts-in-production'],
    'Take prompts away from production servers.',
  ),
  {
    checkpoint: 'scale',
    id: 'objectives',
    title: 'Objectives kept',
    shown: { objectives: true },
    required: 'every',
    evidence: REPORT,
    mend: "See why with 'slo report'.",
  },
  counted(
    'scale',
    'overhead_per_call',
    "The gateway's own cost known, for each call",
    ['overhead_per_call', 'call'],
    { percent: 95 },
    ['query sre/gateway_overhead_by_server', 'Log the latency of the server or of the backend.'],
  ),
  counted(
    'scale',
    'overhead_per_chain',
    "The gateway's own cost known, for each session",
    ['overhead_per_chain', 'session'],
    { percent: 95 },
    ['query sre/gateway_overhead_by_chain', 'Log the latency of the server or of the backend.'],
  ),
];
