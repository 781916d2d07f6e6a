import { type CallPattern, callPatterns } from './bulk-patterns.ts';
import type { FleetOptions, FleetTruth } from './fleet-simulation.ts';
import { TruthTotals } from './ground-truth.ts';
import { Random } from './random.ts';
import type { RecordFiles } from './record-files.ts';
import { isoTicks, type Micros, microsFromMs, microsOf } from './timestamps.ts';

const CALLS_PER_SESSION = 20;
const CALLS_PER_FLUSH = 500;

/**
 * Clean calls as fast as they can be written: one gateway record and one server record for each,
 * in a trace of their own. For benchmarks; there is nothing to find in it.
 */
export async function simulateBulk(files: RecordFiles, options: FleetOptions): Promise<FleetTruth> {
  const random = new Random(options.seed);
  const gatewayFile = files.open('telemetry/gateway.ndjson');
  const serverFile = files.open('telemetry/app_requests.ndjson');
  const streams = callPatterns().map((pattern) => ({ pattern, calls: 0, session: '' }));
  const start = microsOf(options.from);
  const step = (microsOf(options.to) - start) / options.calls;

  for (let call = 0; call < options.calls; call += 1) {
    const stream = random.pick(streams);
    if (stream.calls % CALLS_PER_SESSION === 0) stream.session = random.uuid();
    stream.calls += 1;
    const at = start + Math.floor(call * step);
    const { gateway, server } = drawRecords(random, stream.pattern, stream.session, at);
    gatewayFile.addText(gateway);
    serverFile.addText(server);
    if (call % CALLS_PER_FLUSH === 0) {
      await files.flushFull();
      options.onProgress(call);
    }
  }
  options.onProgress(options.calls);
  return truthOfBulk(streams);
}

function drawRecords(random: Random, pattern: CallPattern, session: string, at: Micros) {
  const serverMs = 40 + (random.bits() % 1_200_000) / 1000;
  const backendMs = Math.ceil(serverMs) + 2;
  const totalMs = backendMs + 9;
  const serverAt = at + microsFromMs(6);
  const trace = random.hex(4);
  const span = random.hex(2);
  return {
    gateway: pattern.gateway([
      isoTicks(at),
      random.uuid(),
      totalMs,
      backendMs,
      trace,
      span,
      session,
    ]),
    server: pattern.server([isoTicks(serverAt), random.hex(2), serverMs, trace, span, session]),
  };
}

function truthOfBulk(
  streams: readonly { readonly pattern: CallPattern; readonly calls: number }[],
): FleetTruth {
  const totals = new TruthTotals();
  for (const { pattern, calls } of streams) {
    if (calls > 0) totals.addClean(pattern.agent.id, pattern.tool.toolClass, calls);
  }
  const auth = { failed: 0, challenges: 0, rateLimited: 0 };
  return {
    totals,
    auth: { attempts: totals.calls, succeeded: totals.calls, ...auth },
    tokens: [],
    malformedRecords: 0,
  };
}
