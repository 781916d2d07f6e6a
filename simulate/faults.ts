import { UserError } from '../core/errors.ts';

/** What goes wrong with the evidence. Every rate is a share of the calls, 0 to 1. */
export interface Faults {
  /** No trace is shared: the gateway logs no traceparent, the server starts its own trace. */
  readonly no_trace: number;
  /** Neither side logs an MCP session id. */
  readonly no_session: number;
  /** Neither side logs an agent id. */
  readonly no_agent: number;
  /** The server clock that is furthest off is off by this many milliseconds. */
  readonly skew_ms: number;
  /** A record is delivered twice. */
  readonly duplicates: number;
  /** The server's request record comes after everything else (telemetry/late/). */
  readonly late: number;
  /** Adaptive sampling at servers that sample: one of four is kept, and stands for four. */
  readonly sampled: number;
  /** The server's evidence of the call is lost. */
  readonly gateway_only: number;
  /** The call went straight to the server, past the gateway. */
  readonly server_only: number;
}

/** Modest: what a well-kept fleet still has. Each call without an agent is one more unknown agent. */
export const DEFAULT_FAULTS: Faults = {
  no_trace: 0.03,
  no_session: 0.02,
  no_agent: 0.0002,
  skew_ms: 350,
  duplicates: 0.01,
  late: 0.01,
  sampled: 0.02,
  gateway_only: 0.01,
  server_only: 0.004,
};

/** Evidence in which nothing is missing, doubled or late. */
export const NO_FAULTS: Faults = {
  no_trace: 0,
  no_session: 0,
  no_agent: 0,
  skew_ms: 0,
  duplicates: 0,
  late: 0,
  sampled: 0,
  gateway_only: 0,
  server_only: 0,
};

const MAX_SKEW_MS = 3_600_000;

/** Reads 'no_trace=0.1,skew_ms=1500'. Faults that are not named keep their default. */
export function parseFaults(text: string): Faults {
  const given: Partial<Record<keyof Faults, number>> = {};
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [name = '', value = ''] = part.split('=', 2).map((piece) => piece.trim());
    if (!isFaultName(name)) throw unknownFault(name);
    given[name] = parseSize(name, value);
  }
  return { ...DEFAULT_FAULTS, ...given };
}

function isFaultName(name: string): name is keyof Faults {
  return Object.hasOwn(DEFAULT_FAULTS, name);
}

function parseSize(name: keyof Faults, value: string): number {
  const size = value === '' ? Number.NaN : Number(value);
  const max = name === 'skew_ms' ? MAX_SKEW_MS : 1;
  if (size >= 0 && size <= max) return size;
  throw new UserError(
    'usage_invalid',
    `'${value}' is not a size for the fault '${name}'.`,
    name === 'skew_ms'
      ? `Write milliseconds from 0 to ${MAX_SKEW_MS}, such as 'skew_ms=1500'.`
      : `Write a share of the calls from 0 to 1, such as '${name}=0.05'.`,
  );
}

function unknownFault(name: string): UserError {
  return new UserError(
    'usage_invalid',
    `There is no fault named '${name}'.`,
    `Use any of: ${Object.keys(DEFAULT_FAULTS).join(', ')}.`,
  );
}
