/** How big a fault may be, and how big it is in each preset. */
export interface FaultEntry {
  readonly unit: 'share' | 'milliseconds';
  /** A well-kept fleet, as the demo shows it. */
  readonly usual: number;
  /**
   * The mix that correlation is measured on: what is bad in the field, all at once. Staged incidents,
   * one call in a hundred, have whole evidence; the other calls make up for them.
   */
  readonly hard: number;
}

function share(usual: number, hard: number): FaultEntry {
  return { unit: 'share', usual, hard };
}

function milliseconds(usual: number, hard: number): FaultEntry {
  return { unit: 'milliseconds', usual, hard };
}

/** What can go wrong with the evidence. A share is of the calls that the fault can befall. */
export const FAULTS = {
  /** No trace is shared: the gateway logs no traceparent, the server starts its own trace. */
  no_trace: share(0.03, 0.303),
  /** Neither side logs an MCP session id, though the client has one. */
  no_session: share(0.02, 0.145),
  /** Neither side logs an agent id. */
  no_agent: share(0.0002, 0),
  /** The server clock that is furthest off is off by this much; others less, or the other way. */
  skew_ms: milliseconds(350, 1_300),
  /** A request's record is delivered twice. */
  duplicates: share(0.01, 0.0303),
  /** The server's request record comes after everything else (telemetry/late/). */
  late: share(0.01, 0.01),
  /** Adaptive sampling at servers that sample: one of four is kept, and stands for four. */
  sampled: share(0.02, 0.02),
  /** The server's evidence of the call is lost. */
  gateway_only: share(0.01, 0.01),
  /** The call went straight to the server, past the gateway. */
  server_only: share(0.004, 0.01),
  /** The call went through the gateway, whose evidence of it is lost: no bypass. */
  gateway_lost: share(0, 0.01),
  /** The gateway logs no agent id, the server does. */
  no_gateway_agent: share(0, 0.0505),
  /** The server logs no agent id, the gateway does. */
  no_server_agent: share(0, 0.0505),
  /** The client opens a session for this call alone. */
  session_per_call: share(0, 0.05),
  /** Of the sessions: the server logs them under a name of its own. */
  session_aliases: share(0, 0.03),
  /** Clocks also wander, from one UTC hour to the next, by at most this much. */
  drift_ms: milliseconds(0, 200),
  /** Of the runs: all calls of a piece of an agent's work are in one trace. */
  shared_trace: share(1, 0.7),
  /** The call overlaps with another of the same tool, in the same session and run. */
  concurrent: share(0, 0.05),
  /** The call repeats one that broke, half of them under the same traceparent. */
  retries: share(0, 0.02),
  /** The gateway sent the request again after the server had answered 503. */
  attempts: share(0, 0.01),
  /** The call shares its HTTP request with others: a JSON-RPC batch. */
  batches: share(0, 0.02),
  /** MCP 2026-07-28: the server asked for input first, so that the call took several requests. */
  input_required: share(0, 0.05),
  /** Ids as before W3C: `Request-Id: |root.span.` and `|root.span.` for spans. */
  legacy_ids: share(0, 0.05),
  /** Of the calls at OpenTelemetry servers: MCP has a trace of its own, which links to HTTP's. */
  linked: share(0.2, 0.3),
  /** The gateway's record comes after everything else. */
  late_gateway: share(0, 0.01),
  /** Of the records: not in the order of time in their file. */
  shuffled: share(0, 0.2),
  /** Of the runs of 2026-07-28 clients: they find an older server, and fall back to sessions. */
  version_probes: share(0, 0.5),
  /** Of the new sessions with tokens: the first request carries none, and is answered by 401. */
  challenges: share(0.3, 0.3),
  /** Of the new sessions: the client holds a stream open. */
  streams: share(0.5, 0.5),
  /** Of the new sessions: their opening is logged (initialize, tools/list). */
  handshakes: share(1, 1),
  /** The tool reports an error inside an HTTP 200. */
  tool_errors: share(0.012, 0.02),
  /** Of the calls that need an approval: it is denied. */
  approval_denied: share(0.13, 0.13),
  /** Of those: nobody decided in time. */
  approval_expired: share(0.07, 0.07),
  /** Of those: nobody was asked, and the tool ran. */
  approval_missing: share(0, 0.02),
  /** Of those: what was approved are other arguments, and the tool ran. */
  approval_other_arguments: share(0, 0.02),
  /** Of those: it came after it had expired, and the tool ran. */
  approval_stale: share(0, 0.01),
  /** Of those that can: an earlier call had used it up, and the tool ran once more. */
  approval_reused: share(0, 0.02),
  /** Both sides name an agent, and the server another one than the gateway. */
  other_agent: share(0.005, 0),
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultName = keyof typeof FAULTS;

/** How big each fault is: a share from 0 to 1, or milliseconds. */
export type Faults = Readonly<Record<FaultName, number>>;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
