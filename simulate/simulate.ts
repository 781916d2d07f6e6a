import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason, UserError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { simulateBulk } from './bulk.ts';
import { writeConfig } from './config-files.ts';
import type { Faults } from './fault-table.ts';
import { DEFAULT_FAULTS } from './faults.ts';
import { type FleetOptions, type FleetTruth, simulateFleet } from './fleet-simulation.ts';
import { Random } from './random.ts';
import { RecordFiles } from './record-files.ts';
import { Shuffler } from './shuffler.ts';
import { fleetSummary, type SimulationSummary } from './summary.ts';

export type { SimulationSummary } from './summary.ts';

/**
 * How much is written. `fleet`: everything that a fleet logs, about ten records a call. `lean`: calls
 * with the same faults and a truth for each, but only what tells of them: five records a call, of
 * handshakes and streams one or two more. `bulk`: clean calls, one gateway record and one server record
 * for each, no truth per call. The last two are for benchmarks.
 */
export type Profile = 'fleet' | 'lean' | 'bulk';

export interface SimulationOptions {
  readonly folder: string;
  readonly calls: number;
  /** The same seed and options write the same bytes. */
  readonly seed: number;
  readonly from: Date;
  readonly to: Date;
  readonly faults?: Faults;
  readonly profile?: Profile;
  /** Called often, with the number of calls written so far. */
  readonly onProgress?: (written: number) => void;
}

const SUMMARY = 'ground_truth_summary.json';
const TRUTHS = 'ground_truth.ndjson';

/**
 * Writes the telemetry of a fleet as Azure would, and beside it what truly happened, so that
 * whoever reads the one can be judged by the other.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationSummary> {
  checkOptions(options);
  clearFolder(options.folder);
  const { folder, from, to } = options;
  const faults = options.faults ?? DEFAULT_FAULTS;
  const profile = options.profile ?? 'fleet';
  const files = new RecordFiles(folder, shufflers(options.seed, faults));
  const fleet = {
    ...options,
    faults,
    detail: profile === 'lean' ? ('lean' as const) : ('full' as const),
    onProgress: options.onProgress ?? (() => {}),
  };
  const truth = await writeTelemetry(files, fleet, profile);
  const summary = fleetSummary(fleet, files, truth);
  writeFileSync(join(folder, SUMMARY), `${JSON.stringify(summary, null, 2)}\n`);
  writeConfig(folder, from, to);
  stampSettings(folder, from, to);
  return summary;
}

/** Each file has numbers of its own, so that one file's records do not move another's. */
function shufflers(seed: number, { shuffled }: Faults): (() => Shuffler) | undefined {
  let files = 0;
  return shuffled === 0
    ? undefined
    : () => {
        files += 1;
        return new Shuffler(new Random(seed * 1_000 + files), shuffled);
      };
}

async function writeTelemetry(
  files: RecordFiles,
  fleet: FleetOptions,
  profile: Profile,
): Promise<FleetTruth> {
  try {
    const truth =
      profile === 'bulk'
        ? await simulateBulk(files, fleet)
        : await simulateFleet(files, files.open(TRUTHS), fleet);
    await files.close();
    return truth;
  } catch (error) {
    files.discard();
    throw isSystemError(error) ? cannotWrite(fleet.folder, error) : error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function cannotWrite(folder: string, error: unknown): UserError {
  return new UserError(
    'output_refused',
    `Cannot write to the folder '${folder}': ${systemReason(error)}.`,
    'Check the path, its permissions and the space that is left.',
    { cause: error },
  );
}

function checkOptions({ calls, seed, from, to }: SimulationOptions): void {
  if (!Number.isSafeInteger(calls) || calls < 1) {
    throw new UserError(
      'usage_invalid',
      `Cannot simulate ${calls} calls.`,
      'Choose a whole number of calls, 1 or more.',
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UserError(
      'usage_invalid',
      `${seed} is not a seed.`,
      'Choose a whole number, 0 or more.',
    );
  }
  if (!(from.getTime() < to.getTime())) {
    throw new UserError(
      'usage_invalid',
      'The window to simulate is empty.',
      'Choose a start that is before the end.',
    );
  }
}

/** Whether a folder holds what an earlier simulation wrote: another one takes its place. */
export function isSimulation(folder: string): boolean {
  return existsSync(join(folder, SUMMARY));
}

/** Old telemetry goes if it is ours; anything else is not ours to delete or to write over. */
function clearFolder(folder: string): void {
  const telemetry = join(folder, 'telemetry');
  try {
    makeFolder(folder);
    if (isSimulation(folder)) {
      rmSync(telemetry, { recursive: true, force: true });
      rmSync(join(folder, TRUTHS), { force: true });
      return;
    }
    if (existsSync(telemetry) && readdirSync(telemetry).length > 0) throw notOurs(telemetry);
    const foreign = KEPT_BY_USERS.find((name) => existsSync(join(folder, name)));
    if (foreign !== undefined) throw notOurs(join(folder, foreign));
  } catch (error) {
    throw error instanceof UserError ? error : cannotWrite(folder, error);
  }
}

/** What a folder of somebody's own evidence holds. */
const KEPT_BY_USERS = ['mcp-witness.yaml', 'inventory.yaml', 'prices.yaml', 'witness.duckdb'];

function notOurs(path: string): UserError {
  return new UserError(
    'output_refused',
    `'${path}' was not written by a simulation.`,
    'Choose another folder, or remove it yourself.',
  );
}

/** REST resources carry no time: the file's own says when the setting was seen. */
function stampSettings(folder: string, from: Date, to: Date): void {
  const path = join(folder, 'telemetry', 'config');
  if (!existsSync(path)) return;
  const seenAt = new Date(Math.max(from.getTime(), to.getTime() - 3_600_000));
  for (const name of readdirSync(path)) utimesSync(join(path, name), seenAt, seenAt);
}
