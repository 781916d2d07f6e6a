import {
  EXPIRED,
  errorBody,
  type Fault,
  GATEWAY_TIMEOUT,
  GATEWAY_TIMEOUT_PAGE,
  partialError,
  THROTTLED,
} from './faults.ts';
import type { Result } from './tables.ts';

/** The service's own bounds, or smaller ones. */
export interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  readonly retryAfter?: string | undefined;
  /** The connection ends in the middle of it, or stays open there, or the body has no end. */
  readonly breaks?: 'cut' | 'stalled' | 'endless' | 'bomb';
}

/** What is sent; undefined: nothing. */
export function replyTo(
  result: Result,
  fault: Fault | undefined,
  limits: Limits,
): Reply | undefined {
  switch (fault?.kind) {
    case 'throttle':
      return { status: 429, body: THROTTLED, retryAfter: fault.retryAfter };
    case 'timeout':
      return fault.as === 'json'
        ? { status: 504, body: GATEWAY_TIMEOUT }
        : { status: 504, body: GATEWAY_TIMEOUT_PAGE, type: 'text/html' };
    case 'expired':
      return { status: 401, body: EXPIRED };
    case 'error':
      return { status: fault.status, body: errorBody(fault.code, fault.message, fault.inner) };
    case 'slow':
      return undefined;
    case 'empty':
      return { status: 200, body: '' };
    case 'cut':
    case 'stalled':
    case 'endless':
    case 'bomb':
      return { status: 200, body: bodyOf(result), breaks: fault.kind };
    case 'half': {
      const body = bodyOf(result);
      return { status: 200, body: body.slice(0, body.length / 2) };
    }
    default:
      return { status: 200, body: wholeOrPartial(result, fault, limits) };
  }
}

function wholeOrPartial(result: Result, fault: Fault | undefined, limits: Limits): string {
  const bytes = result.rows.reduce((sum, row) => sum + row.length + 1, 0);
  const isOver = result.rows.length > limits.maxRows || bytes > limits.maxBytes;
  if (!isOver && fault === undefined) return bodyOf(result);
  const rows = result.rows.slice(0, Math.floor(result.rows.length / 2));
  return bodyOf({ ...result, rows }, partialError(fault?.kind !== 'partial'));
}

function bodyOf({ columns, rows }: Result, error?: object): string {
  const table = `{"name":"PrimaryResult","columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}]}`;
  return `{"tables":[${table}]${error ? `,"error":${JSON.stringify(error)}` : ''}}`;
}
