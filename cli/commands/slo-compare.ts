import { Command, Option } from 'commander';
import type { Compared as Shown } from '../../reports/comparisons.ts';
import type { Aggregate } from '../../slo/compare/criteria.ts';
import type { Compared } from '../../slo/compare/windows.ts';
import type { SloDefinitions } from '../../slo/definition.ts';
import type { Store } from '../../store/store.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { definitionsOf } from '../judging.ts';
import { readStore } from '../open.ts';
import {
  type ListingOptions,
  lasting,
  refuseGiven,
  type WindowOptions,
  wholeNumber,
  withExamples,
  withFormat,
  withoutStart,
  withStore,
} from '../options.ts';
import { ensureFormat, printListing, withBasis } from '../print.ts';
import { judgedWindowOf } from '../window.ts';
import { columnOf, mixOption, saySlices } from './slo-by.ts';

interface Options extends ListingOptions {
  readonly window?: number;
  readonly mix?: string;
  readonly by: 'window' | 'server_version';
  readonly server?: string;
  readonly baseline?: string;
  readonly candidate?: string;
  readonly runs: number;
  readonly aggregate: Aggregate;
  readonly gate: readonly string[];
}

/** `slo compare`: what became of each objective, and whether a release may go on. */
export function compareCommand(io: Io): Command {
  const command = withFormat(withStore(new Command('compare')))
    .description('Compare objectives with the window before, or two versions of a server')
    .addOption(
      new Option('--by <what>', 'what is compared')
        .choices(['window', 'server_version'])
        .default('window'),
    )
    .addOption(mixOption())
    .option('--server <id>', 'with server_version: this server only')
    .option('--baseline <version>', 'with server_version: the version to measure by')
    .option('--candidate <version>', 'with server_version: the version that is measured')
    .addOption(
      new Option(
        '--window <duration>',
        "windows of this length, in place of each objective's own",
      ).argParser(lasting('--window')),
    )
    .addOption(
      new Option('--runs <count>', 'with window: how many windows before a gate looks at')
        .argParser(wholeNumber('--runs', 1))
        .default(1),
    )
    .addOption(
      new Option('--aggregate <how>', 'what several runs come to')
        .choices(['avg', 'p50', 'p90', 'p95'])
        .default('avg'),
    )
    .option(
      '--gate <criterion>',
      "'regression', '<=+10%', 'auth-success >=99.9'; repeatable; the exit code becomes a gate",
      (each: string, all: readonly string[]) => [...all, each],
      [],
    )
    .option('--to <time>', 'the end of the windows (default: the end of the evidence)')
    .action((options: Options) => {
      refuseStrange(command, options);
      return compare(options, io);
    });
  withoutStart(
    command,
    "Say with --window ('24h', '7d') how long the windows are, and with --to where they end.",
  );
  return withExamples(
    command,
    'slo compare --window 7d',
    "slo compare --runs 3 --gate regression --gate '<=+10%'",
    'slo compare --by server_version --server billing-mcp --gate regression',
  );
}

/** What tells versions apart says nothing of windows, and the other way round. */
function refuseStrange(command: Command, { by }: Options): void {
  const [strange, other] =
    by === 'window'
      ? [['server', 'baseline', 'candidate'], 'server_version']
      : [['runs', 'aggregate'], 'window'];
  const fix = `Leave it out, or compare with --by ${other}.`;
  refuseGiven(command, strange, `says nothing of a comparison by ${by}`, fix);
}

async function compare(options: Options, io: Io): Promise<void> {
  await ensureFormat(options);
  const { ensureGates, gateOutcomes, idleGates, parseGate } = await import(
    '../../slo/compare/gate.ts'
  );
  const gates = options.gate.map(parseGate);
  await readStore(options, io, async (store, config) => {
    const definitions = await overWindow(await definitionsOf(config, io), options.window);
    if (options.mix !== undefined) saySlices(definitions, 'no mix is told', io);
    ensureGates(gates, objectivesOf(definitions));
    const window = await judgedWindowOf(store, spanOf(options), io);
    const compared = await comparedBy(store, definitions, window, options);
    const shown = compared.map((each) => ({
      comparison: each.comparison,
      gates: gateOutcomes(gates, each, options.aggregate),
    }));
    const { comparisonListing, comparisonText } = await import('../../reports/comparisons.ts');
    const listing = { ...comparisonListing(shown), window };
    await printListing(await withBasis(store, listing, options), options, io);
    if (options.format === 'table' && shown.length > 0) io.out(`\n${comparisonText(shown)}`);
    if (shown.length === 0) io.err('there is nothing to compare: no two versions were seen\n');
    if (gates.length === 0) return;
    const idle = idleGates(
      gates,
      shown.flatMap((each) => each.gates),
    );
    for (const gate of idle) io.err(`the gate '${gate}' was held against nothing\n`);
    io.exitCode = gateOf(shown, idle.length > 0);
  });
}

/** What is compared with the time before it: a window of the length that was asked for. */
function spanOf(options: Options): WindowOptions {
  const { by, window: ms } = options;
  return by === 'window' && ms !== undefined ? { ...options, since: `${ms / 1000}s` } : options;
}

/** The same promises over windows of another length: a week against the week before. */
async function overWindow(
  { definitions, warnings }: SloDefinitions,
  windowMs?: number,
): Promise<SloDefinitions> {
  if (windowMs === undefined) return { definitions, warnings };
  const { durationText } = await import('../../slo/duration.ts');
  const shortened = definitions.map((definition) => ({
    ...definition,
    windowMs,
    windowRule: { kind: 'rolling' as const, ms: windowMs },
    windowText: durationText(windowMs),
    sliceMs: Math.min(definition.sliceMs, windowMs),
  }));
  return { definitions: shortened, warnings };
}

function objectivesOf({ definitions }: SloDefinitions): string[] {
  return definitions.filter(({ kind }) => kind === 'objective').map(({ slo }) => slo);
}

async function comparedBy(
  store: Store,
  definitions: SloDefinitions,
  window: { readonly from: string; readonly to: string },
  { by, runs, mix, server, baseline, candidate }: Options,
): Promise<Compared[]> {
  const at = new Date(window.to);
  if (by === 'window') {
    const { compareWindows } = await import('../../slo/compare/windows.ts');
    return compareWindows(store, definitions, at, runs, columnOf(mix));
  }
  const { compareVersions, versionPairs } = await import('../../slo/compare/versions.ts');
  const choice = {
    ...(server === undefined ? {} : { server }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(candidate === undefined ? {} : { candidate }),
  };
  const pairs = await versionPairs(store, window, choice);
  return compareVersions(store, definitions, at, pairs, columnOf(mix));
}

/** A gate that fails wins over one that had nothing to go by; that none was asked is no pass. */
function gateOf(shown: readonly Shown[], hasIdle: boolean): ExitCode {
  const states = shown.flatMap(({ gates }) => gates.map(({ state }) => state));
  if (states.includes('fail')) return ExitCode.breached;
  return hasIdle || states.includes('inconclusive') ? ExitCode.unverified : ExitCode.ok;
}
