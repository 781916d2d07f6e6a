import { brokenLines } from './broken-lines.ts';
import { type AuthCounts, Chatter } from './chatter.ts';
import { Completions, type TokenUse } from './completions.ts';
import type { Faults } from './fault-table.ts';
import { KNOWN_AGENTS } from './fleet/agents.ts';
import { GATEWAYS } from './fleet/gateways.ts';
import type { TruthTotals } from './ground-truth.ts';
import { writeOtherTraffic } from './other-traffic.ts';
import { Random } from './random.ts';
import type { RecordFile, RecordFiles } from './record-files.ts';
import { agentIdentities, agentInfo } from './records/agents.ts';
import { mcpApis, serviceDiagnostics } from './records/apim-resources.ts';
import { Runs } from './runs.ts';
import type { Detail } from './server-insights.ts';
import { writeSignIns } from './sign-ins.ts';
import { Telemetry } from './telemetry.ts';
import { microsOf } from './timestamps.ts';
import { Traffic } from './traffic.ts';
import { TruthLog } from './truth-log.ts';
import { writeCall } from './write-call.ts';

export interface FleetOptions {
  readonly folder: string;
  readonly calls: number;
  readonly seed: number;
  readonly from: Date;
  readonly to: Date;
  readonly faults: Faults;
  readonly detail: Detail;
  readonly onProgress: (written: number) => void;
}

export interface FleetTruth {
  readonly totals: TruthTotals;
  readonly auth: AuthCounts;
  readonly tokens: readonly TokenUse[];
  readonly malformedRecords: number;
}

/** Writes the telemetry of a fleet, its truth, and the config with which to read it. */
export async function simulateFleet(
  files: RecordFiles,
  truths: RecordFile,
  options: FleetOptions,
): Promise<FleetTruth> {
  const { calls, faults, detail } = options;
  const random = new Random(options.seed);
  const traffic = new Traffic(options.from, options.to);
  const telemetry = new Telemetry(files, faults);
  const chatter = new Chatter(random, telemetry, traffic.from, faults);
  const completions = new Completions(random, telemetry, traffic.from);
  const truth = new TruthLog(truths, detail === 'full');
  const broken = brokenLines(Math.floor((traffic.from + traffic.to) / 2));

  let written = 0;
  for (const run of new Runs(random, traffic, calls, faults)) {
    if (detail === 'full') {
      completions.before(run);
      writeSignIns(random, telemetry, run);
      writeOtherTraffic(random, telemetry, run);
    }
    for (const inSession of run.calls) {
      chatter.around(inSession);
      writeCall(telemetry, inSession.call, detail);
      truth.add(inSession.call, run.at);
      written += 1;
      // In the middle of the files, where a reader that gives up loses the most.
      if (written === Math.ceil(calls / 2)) telemetry.brokenLines(broken);
    }
    await files.flushFull();
    options.onProgress(written);
  }

  truth.close();
  writeInventories(files, options);
  return {
    totals: truth.totals,
    auth: chatter.auth,
    tokens: completions.tokens,
    malformedRecords: broken.gateway.length + broken.insights.length,
  };
}

const HOUR_US = 3_600_000_000;

function writeInventories(files: RecordFiles, { from, to }: FleetOptions): void {
  const info = files.open('telemetry/agents/agents_info.ndjson');
  const [start, seenAt] = [microsOf(from), microsOf(to) - HOUR_US];
  for (const agent of KNOWN_AGENTS) info.add(agentInfo(agent, seenAt, start));
  files
    .open('telemetry/agents/agent_identities.json')
    .addText(JSON.stringify(agentIdentities(KNOWN_AGENTS, start), null, 2));
  for (const gateway of GATEWAYS) {
    const folder = `telemetry/config/${gateway.name}`;
    files
      .open(`${folder}.diagnostics.json`)
      .addText(JSON.stringify(serviceDiagnostics(gateway), null, 2));
    files.open(`${folder}.apis.json`).addText(JSON.stringify(mcpApis(gateway), null, 2));
  }
}
