import type { Parameter } from '../store/store.ts';

/** One way on a rung of the ladder: which calls may meet, and how far apart. */
export interface Rung {
  readonly rung: 'operation_id' | 'session' | 'agent';
  /** What the two sides have in common, as confidence is calibrated by it. */
  readonly basis: 'parent' | 'trace' | 'linked trace' | 'silent trace' | 'session' | 'agent';
  readonly lineUp: string;
  readonly params: Readonly<Record<string, Parameter>>;
  /** Within this window whatever shares the key is counted as a candidate. */
  readonly windowMs: number;
}

/** Calls of one trace may be this far apart, where nothing is known of a server's clock. */
const TRACE_WINDOW_MS = 300_000;

/**
 * What may be left between two clocks once their offset in that hour is known: it is estimated from
 * the time that requests take to the server, which is tens of milliseconds, and clocks wander.
 */
export const SETTLED_MS = 250;

function byParent(same: string): Rung {
  return {
    rung: 'operation_id',
    basis: 'parent',
    lineUp: 'line_up_by_parent',
    params: { same },
    windowMs: TRACE_WINDOW_MS,
  };
}

function byTrace(basis: Rung['basis'], linked: boolean, same: string): Rung {
  return {
    rung: 'operation_id',
    basis,
    lineUp: 'line_up_by_trace',
    params: { linked, same, window_ms: TRACE_WINDOW_MS },
    windowMs: TRACE_WINDOW_MS,
  };
}

/** What shares a span or a trace, from what proves to what suggests. */
export function rungsByTrace(): Rung[] {
  return [
    byParent('tool and id'),
    byParent('tool'),
    byParent('nothing'),
    byTrace('trace', false, 'tool and id'),
    byTrace('trace', false, 'tool and session'),
    byTrace('trace', false, 'tool'),
    byTrace('linked trace', true, 'tool and id'),
    byTrace('linked trace', true, 'tool'),
    byTrace('silent trace', false, 'nothing'),
    byTrace('silent trace', true, 'nothing'),
  ];
}

/** What shares a session. */
export function rungsBySession(skewMs: number): Rung[] {
  const bySession = (servers: string, by_id: boolean): Rung => ({
    rung: 'session',
    basis: 'session',
    lineUp: 'line_up_by_session',
    params: { servers, by_id },
    windowMs: skewMs,
  });
  return [
    bySession('same', true),
    bySession('same', false),
    bySession('gateway_unknown', false),
    bySession('server_unknown', false),
  ];
}

/** What shares only an agent. */
export function rungsByAgent(skewMs: number): Rung[] {
  return [true, false].map((by_id) => ({
    rung: 'agent',
    basis: 'agent',
    lineUp: 'line_up_by_agent',
    params: { by_id },
    windowMs: skewMs,
  }));
}
