import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';

type PartOutcome = 'ok' | 'error' | 'unknown';

/** How a call can end, layer by layer. */
export interface Ending {
  readonly name: string;
  readonly httpStatus: number;
  readonly transport: PartOutcome;
  readonly protocol: PartOutcome;
  readonly tool: PartOutcome;
  readonly outcome: 'success' | 'failure' | 'denied';
  readonly rpcCode?: number;
  /** The text that APIM and the server give the error; absent where the status says it all. */
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** MCP 2026-07-28: the result is a question back to the client. */
  readonly resultType?: 'input_required';
  /** What API Management logs as the cause. */
  readonly lastError?: {
    readonly source: string;
    readonly reason: string;
    readonly message: string;
  };
  readonly serverSees: boolean;
  readonly executes: boolean;
}

const ok = {
  httpStatus: 200,
  transport: 'ok',
  protocol: 'ok',
  serverSees: true,
  executes: true,
} as const;

const SUCCESS: Ending = { ...ok, name: 'success', tool: 'ok', outcome: 'success' };

const TOOL_ERROR: Ending = {
  ...ok,
  name: 'tool_error',
  tool: 'error',
  outcome: 'failure',
  errorType: 'tool_error',
  errorMessage: 'The tool reported an error',
};

/** The approval was denied or expired: the tool answers with an error, and does nothing. */
const REFUSED: Ending = {
  ...TOOL_ERROR,
  name: 'refused',
  outcome: 'denied',
  errorMessage: 'The approval was not given',
  executes: false,
};

const RPC_ERROR: Ending = {
  ...ok,
  name: 'rpc_error',
  protocol: 'error',
  tool: 'unknown',
  outcome: 'failure',
};

/** Bad arguments are seen before the tool runs; the other errors happen while it runs. */
const RPC_ERRORS: readonly Ending[] = [
  { ...rpcError(-32602, 'Invalid params'), name: 'invalid_params', executes: false },
  rpcError(-32603, 'Internal error'),
  rpcError(-32000, 'Server error'),
];

function rpcError(rpcCode: number, errorMessage: string): Ending {
  return { ...RPC_ERROR, rpcCode, errorType: String(rpcCode), errorMessage };
}

const failed = { transport: 'error', protocol: 'unknown', tool: 'unknown' } as const;

const SERVER_ERROR: Ending = {
  ...failed,
  name: 'server_error',
  httpStatus: 500,
  outcome: 'failure',
  serverSees: true,
  executes: true,
};

const UNREACHABLE: Ending = {
  ...failed,
  name: 'unreachable',
  httpStatus: 502,
  outcome: 'failure',
  lastError: {
    source: 'forward-request',
    reason: 'BackendConnectionFailure',
    message: 'The underlying connection was closed',
  },
  serverSees: false,
  executes: false,
};

const RATE_LIMITED: Ending = {
  ...failed,
  name: 'rate_limited',
  httpStatus: 429,
  outcome: 'denied',
  lastError: {
    source: 'rate-limit-by-key',
    reason: 'RateLimitExceeded',
    message: 'Rate limit is exceeded. Try again in 12 seconds.',
  },
  serverSees: false,
  executes: false,
};

const FORBIDDEN: Ending = {
  ...RATE_LIMITED,
  name: 'forbidden',
  httpStatus: 403,
  lastError: {
    source: 'validate-azure-ad-token',
    reason: 'TokenClaimValueNotAllowed',
    message: 'The token has not the scope that this tool needs',
  },
};

/** A round of a call that goes on with what the client answers. */
export const INPUT_REQUIRED: Ending = {
  ...SUCCESS,
  name: 'input_required',
  resultType: 'input_required',
  executes: false,
};

/** What the gateway tries again. */
export const UNAVAILABLE: Ending = {
  ...failed,
  name: 'unavailable',
  httpStatus: 503,
  outcome: 'failure',
  serverSees: true,
  executes: false,
};

/** The client went away while the server did what it was asked to. */
const DISCONNECTED: Ending = {
  ...SUCCESS,
  name: 'disconnected',
  transport: 'error',
  outcome: 'failure',
  lastError: {
    source: 'transport',
    reason: 'ClientConnectionFailure',
    message: 'The client closed the connection before the response was sent in full',
  },
};

/** How a call ends by chance: about one in forty fails, most of them as HTTP 200. */
export function drawEnding(random: Random, toolErrors: number): Ending {
  const share = random.unit() - toolErrors;
  if (share < 0) return TOOL_ERROR;
  if (share < 0.005) return random.pick(RPC_ERRORS);
  if (share < 0.009) return SERVER_ERROR;
  if (share < 0.0105) return UNREACHABLE;
  if (share < 0.0135) return RATE_LIMITED;
  return SUCCESS;
}

/** How an item of a batch ends: what refuses a request refuses the whole of it. */
export function drawItemEnding(random: Random, toolErrors: number): Ending {
  return random.chance(toolErrors) ? TOOL_ERROR : SUCCESS;
}

/** How a call ends that its client then repeats. */
export function drawBrokenEnding(random: Random): Ending {
  return random.pick([DISCONNECTED, SERVER_ERROR, UNREACHABLE]);
}

/** How a staged call ends, if the approval that it may need is given. */
export function endingOf(incident: Incident): Ending {
  return incident === 'forbidden' ? FORBIDDEN : SUCCESS;
}

/** A call that waits for an approval either gets it, and goes on, or is refused. */
export function endingAfterApproval(ending: Ending, granted: boolean): Ending {
  return granted ? ending : REFUSED;
}
