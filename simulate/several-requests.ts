import type { BatchItem, Call } from './call.ts';
import { INPUT_REQUIRED, UNAVAILABLE } from './endings.ts';
import type { Random } from './random.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

const SECOND_QUESTION_SHARE = 0.2;
const SECOND_RETRY_SHARE = 0.25;

/**
 * A call of MCP 2026-07-28 that the server answers with a question, once or twice, before it does
 * its work. Each answer is a request of its own; the time between them is a human's.
 */
export function withRounds(random: Random, call: Call): Call {
  const questions = random.chance(SECOND_QUESTION_SHARE) ? 2 : 1;
  const rounds: Call[] = [];
  let gaps = 0;
  let at = call.at;
  for (let round = 0; round < questions; round += 1) {
    const asked = questionOf(random, call, at);
    const gapMs = gapOf(random, call, round, questions);
    rounds.push(asked);
    gaps += gapMs;
    at = asked.at + microsFromMs(asked.totalMs + gapMs);
  }
  // Nobody waits inside the last request: it comes when all is decided.
  const waited = call.approval ? call.waitedMs : 0;
  const delay = at - call.at;
  const serverAt = call.serverAt + delay;
  return {
    ...moved(call, delay),
    serverMs: Math.round((call.serverMs - waited) * 1000) / 1000,
    backendMs: call.backendMs - waited,
    totalMs: call.totalMs - waited,
    waitedMs: gaps,
    executedAt: call.executedAt && call.executedAt + delay - microsFromMs(waited),
    decidedAt: call.approval && serverAt - microsFromMs(1),
    rounds,
  };
}

/** The gap in which an approval was decided is as long as that took. */
function gapOf(random: Random, { approval }: Call, round: number, rounds: number): number {
  if (approval && round === rounds - 1) return approval.waitMs;
  return Math.round(Math.min(Math.max(random.logNormal(12_000, 0.7), 1_500), 110_000));
}

function questionOf(random: Random, call: Call, at: Micros): Call {
  const serverMs = random.int(8, 40);
  const backendMs = serverMs + 3;
  return {
    ...moved(call, at - call.at),
    ...ownIds(random),
    ending: INPUT_REQUIRED,
    approval: undefined,
    bypass: undefined,
    serverMs,
    backendMs,
    totalMs: backendMs + (call.totalMs - call.backendMs),
    waitedMs: 0,
    executedAt: undefined,
    decidedAt: undefined,
  };
}

/** A call that the gateway had to send more than once, because the server was busy. */
export function withAttempts(random: Random, call: Call): Call {
  const tries = random.chance(SECOND_RETRY_SHARE) ? 2 : 1;
  const attempts: Call[] = [];
  let delayMs = 0;
  for (let index = 0; index < tries; index += 1) {
    const serverMs = random.int(5, 200);
    attempts.push({
      ...moved(call, microsFromMs(delayMs)),
      at: call.at,
      serverSpan: random.hex(2),
      backendSpan: random.hex(2),
      ending: UNAVAILABLE,
      approval: undefined,
      serverMs,
      backendMs: serverMs + 2,
      executedAt: undefined,
      decidedAt: undefined,
    });
    delayMs += serverMs + 2 + random.int(50, 300);
  }
  const last = moved(call, microsFromMs(delayMs));
  const totals = { totalMs: call.totalMs + delayMs, backendMs: call.backendMs + delayMs };
  return { ...last, ...totals, at: call.at, attempts };
}

/** Puts calls into one HTTP request, whose ids and faults are those of the first. */
export function inOneRequest(calls: readonly Call[]): Call[] {
  const [first] = calls;
  if (!first) return [];
  const longest = calls.reduce((a, b) => (b.serverMs > a.serverMs ? b : a));
  const batch: Omit<BatchItem, 'item'> = {
    tools: calls.map(({ tool }) => tool.name),
    serverMs: longest.serverMs,
  };
  return calls.map((call, item) => ({
    ...moved(call, first.serverAt - call.serverAt),
    at: first.at,
    startedAt: first.at,
    sentAt: first.sentAt,
    correlationId: first.correlationId,
    clientSpan: first.clientSpan,
    gatewaySpan: first.gatewaySpan,
    backendSpan: first.backendSpan,
    // Each item is a span of its own in OpenTelemetry; Application Insights has one request.
    serverSpan: call.server.reportsBy === 'otlp' ? call.serverSpan : first.serverSpan,
    gatewayTrace: first.gatewayTrace,
    serverTrace: first.serverTrace,
    isLinked: first.isLinked,
    gateway: first.gateway,
    faults: first.faults,
    totalMs: longest.totalMs,
    backendMs: longest.backendMs,
    clientMs: longest.clientMs,
    batch: { ...batch, item },
  }));
}

function ownIds(random: Random) {
  return {
    correlationId: random.uuid(),
    clientSpan: random.hex(2),
    gatewaySpan: random.hex(2),
    backendSpan: random.hex(2),
    serverSpan: random.hex(2),
    downstreamSpan: random.hex(2),
  };
}

/** The same, later by so many microseconds. */
function moved(call: Call, by: Micros): Call {
  const { executedAt, decidedAt } = call;
  return {
    ...call,
    at: call.at + by,
    sentAt: call.sentAt + by,
    serverAt: call.serverAt + by,
    executedAt: executedAt === undefined ? undefined : executedAt + by,
    decidedAt: decidedAt === undefined ? undefined : decidedAt + by,
  };
}
