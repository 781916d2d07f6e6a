import type { Call } from './call.ts';
import { rpcIdOf } from './contract.ts';
import {
  gatewayAgent,
  gatewaySession,
  hasGatewayRecord,
  hasParentage,
  hasServerRecord,
  serverAgent,
  serverSession,
} from './evidence.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** Even where a gateway waits for minutes, the server had the request by then. */
const LONGEST_WAY: Micros = microsFromMs(2_000);

/** One record of one side, reduced to what can join it with a record of the other side. */
export interface Clue {
  readonly side: 'gateway' | 'server';
  readonly call: number;
  /** By the gateway's clock: what a reader knows once it knows how far the server's is off. */
  readonly at: Micros;
  /** A server's record that began later than this is not of this request. */
  readonly reachesTo: Micros;
  readonly trace: string | undefined;
  readonly linkedTrace: string | undefined;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly server: string;
  readonly tool: string;
  /** The id of an item in a batch; other requests are logged without theirs. */
  readonly rpcId: string | undefined;
  /** The true pairs that it belongs to. */
  readonly pairs: Pair[];
}

/** Two records that truly belong together. */
export interface Pair {
  readonly gateway: Clue;
  readonly server: Clue;
  /** The gateway's evidence names the span that is the parent of the server's. */
  readonly hasParentage: boolean;
  /** Whether the evidence decides it, by level; filled in as it is asked for. */
  readonly decides: (boolean | undefined)[];
}

/** All clues of one call: pairs, or the records of the one side that there is. */
export interface Clues {
  readonly all: readonly Clue[];
  readonly pairs: readonly Pair[];
  readonly lone: readonly Clue[];
}

export function cluesOf(call: Call, hasGatewayInsights: boolean): Clues {
  const all: Clue[] = [];
  const pairs: Pair[] = [];
  for (const request of [...call.rounds, call]) {
    const gateway = hasGatewayRecord(call) ? gatewayClue(request) : undefined;
    if (gateway && !isRefused(request)) all.push(gateway);
    if (!hasServerRecord(call)) continue;
    for (const attempt of [...request.attempts, request]) {
      const server = serverClue(attempt);
      all.push(server);
      if (!gateway) continue;
      const isLast = attempt === request;
      pairs.push(paired(gateway, server, isLast && hasParentage(request, hasGatewayInsights)));
    }
  }
  return { all, pairs, lone: pairs.length > 0 ? [] : all };
}

function paired(gateway: Clue, server: Clue, isParent: boolean): Pair {
  const pair: Pair = { gateway, server, hasParentage: isParent, decides: [] };
  gateway.pairs.push(pair);
  server.pairs.push(pair);
  return pair;
}

/** What the gateway refused by itself never reached a server, and nobody looks for it there. */
function isRefused({ ending }: Call): boolean {
  return ending.outcome === 'denied' && !ending.serverSees;
}

function gatewayClue(call: Call): Clue {
  return {
    ...sharedClue(call),
    side: 'gateway',
    at: call.at,
    reachesTo: call.at + Math.min(microsFromMs(call.totalMs), LONGEST_WAY),
    trace: call.faults.noTrace ? undefined : call.gatewayTrace,
    linkedTrace: undefined,
    session: gatewaySession(call),
    agent: gatewayAgent(call),
  };
}

function serverClue(call: Call): Clue {
  const at = call.serverAt - microsFromMs(call.skewMs);
  return {
    ...sharedClue(call),
    side: 'server',
    at,
    reachesTo: at,
    trace: call.serverTrace,
    // Its span is named too, but `events` keeps only the trace of a link.
    linkedTrace: call.isLinked ? call.gatewayTrace : undefined,
    session: serverSession(call),
    agent: serverAgent(call),
  };
}

function sharedClue(call: Call) {
  return {
    call: call.number,
    server: call.server.id,
    tool: call.tool.name,
    rpcId: call.batch && rpcIdOf(call.batch),
    pairs: [],
  };
}
