/** What the words of a report mean; the published definitions, in short. */
export const TERMS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'met',
    'The target is kept, and would be even if everything that could not be measured had gone wrong.',
  ],
  [
    'at risk',
    'The target is still kept, but the error budget burns too fast or more than three quarters of it are used.',
  ],
  [
    'breached',
    'The target is missed, and would be even if everything that could not be measured had gone well. For a control: at least one violation was seen.',
  ],
  [
    'insufficient data',
    'There is too little evidence to say, or too much of it could not be measured. No traffic is not 100 %.',
  ],
  [
    'not provable',
    'No violation was seen, but the population was not fully observed: something was unobservable, sampled, truncated, or missing. Zero seen is not zero.',
  ],
  [
    'good, bad, excluded, unmeasurable',
    'Every row in scope is exactly one of these. Excluded rows match a rule of the definition; unmeasurable ones lack what is needed to judge them.',
  ],
  [
    'error budget, burn rate',
    'What may go bad while the target is kept. A burn rate of 1 uses the whole budget in exactly the window; an alert fires when a long and a short window both burn faster than its limit.',
  ],
  [
    'percentile (p50, p95, p99)',
    'Weighted nearest rank: the smallest value that at least that share of calls did not exceed. It is a value that occurred, never interpolated, never averaged. “p95 below X” is the same statement as “at least 95 % of calls below X”.',
  ],
  [
    'success, failure, denied, challenge, unknown',
    'Success: every known outcome is ok. Failure: the call ran and HTTP, JSON-RPC or the tool reported an error. Denied: refused before execution. Challenge: a 401 to a request without a credential, as OAuth intends. Unknown: the evidence does not say.',
  ],
  ['rung: operation_id', 'Gateway and server evidence carry the same trace; the surest join.'],
  ['rung: session', 'Same MCP session and tool, nearest in time within the skew window.'],
  ['rung: agent', 'Same agent, server and tool, nearest in time within the skew window.'],
  [
    'rung: gateway_only',
    'The gateway saw the call and no server evidence fits. A success over HTTP does not say that the tool succeeded.',
  ],
  [
    'rung: server_only',
    'A server saw the call and the gateway did not: it went around the gateway, or the gateway’s record is missing.',
  ],
  [
    'around the gateway',
    'A tool call with server evidence, no gateway evidence, and proof that it did not pass: the gateway’s log was complete at that time, unsampled, and knows neither the session nor the trace. Traffic outside the control plane.',
  ],
  [
    'no gateway record',
    'A call that only its server saw, and that may have passed the gateway: the log is late, silent, sampled or off, loses records, or knows the session. Not provable, which is neither zero nor a bypass.',
  ],
  [
    'loss accounting',
    'received = stored + duplicate + rejected + excluded. Rejected could not be used; excluded was recognised and is not about MCP, identity, model use, approval or configuration.',
  ],
  [
    'sampled',
    'A record that its source kept on behalf of several. Counts are corrected by its weight, and no zero is proven by it.',
  ],
];
