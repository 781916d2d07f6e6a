import { Command, Option } from 'commander';
import type { Config } from '../../ingest/config/config.ts';
import type { IngestSummary } from '../../ingest/ingest-files.ts';
import type { SloDefinitions } from '../../slo/definition.ts';
import type { Judgement } from '../../slo/judgement.ts';
import type { Store } from '../../store/store.ts';
import { commandLine } from '../command-line.ts';
import { datedAheadLine, sayDatedAhead } from '../dated-ahead.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, judge } from '../judging.ts';
import { addToStore, updateStore, writeStore } from '../open.ts';
import { type CommonOptions, lasting, refuseGiven, withExamples, withStore } from '../options.ts';
import { correlateInto, ensureSources, ingestSources, loadUserFiles } from '../pipeline.ts';
import { watch } from '../watching.ts';
import { evidenceEndOr } from '../window.ts';

interface Options extends CommonOptions {
  readonly watch?: boolean;
  readonly every: number;
}

/** `run`: ingest, correlate, judge; once, or until it is stopped. */
export function runCommand(io: Io): Command {
  const run = withStore(new Command('run'))
    .description('Ingest every source of the config, correlate, judge, and keep the verdicts')
    .option('--watch', 'go on until stopped; others can query meanwhile')
    .addOption(
      new Option('--every <duration>', 'with --watch: how often to look for new files')
        .argParser(lasting('--every'))
        .default(5_000, '5s'),
    )
    .action((options: Options) => {
      if (options.watch === true) return runOn(options, io);
      refuseGiven(run, ['every'], 'says nothing of a single run', 'Leave it out, or add --watch.');
      return runOnce(options, io);
    });
  withExamples(run, 'run', 'run --watch --every 30s');
  return run;
}

async function runOn(options: Options, io: Io): Promise<void> {
  const definitions = await writeStore(
    options,
    io,
    (store, config) => checkedDefinitions(store, config, io),
    ensureSources,
  );
  let told = '';
  await watch(options, options.every, io, async (store, config) => {
    await update(store, config, definitions, io);
    const text = await datedAheadLine(store, io);
    if (text !== told) io.err(text);
    told = text;
  });
}

async function runOnce(options: Options, io: Io): Promise<void> {
  // What users write is read first: its mistakes show before the long work.
  const definitions = await writeStore(
    options,
    io,
    async (store, config) => {
      const checked = await checkedDefinitions(store, config, io);
      await loadUserFiles(store, config, io);
      return checked;
    },
    ensureSources,
  );
  const ingested = await addToStore(options, io, (store, config) =>
    ingestSources(store, config, io),
  );
  if (ingested.wasInterrupted) {
    io.exitCode = ExitCode.interrupted;
    return;
  }
  const judgements = await updateStore(options, io, async (store, config) => {
    const judged = await correlateAndJudge(store, config, definitions, io);
    await sayDatedAhead(store, io);
    return judged;
  });
  for (const { state, displayName } of judgements) io.out(`${state.padEnd(18)}${displayName}\n`);
  io.err(`next, to see why: ${commandLine(io, 'slo report', options)}\n`);
  io.exitCode = await exitCodeOf(judgements, ingested);
}

/** Breached, then partly collected, then not verified: DESIGN's precedence. */
async function exitCodeOf(
  judgements: readonly Judgement[],
  ingested: IngestSummary,
): Promise<ExitCode> {
  const gate = await gateOf(judgements);
  return gate !== ExitCode.breached && ingested.isPartial ? ExitCode.partial : gate;
}

async function checkedDefinitions(store: Store, config: Config, io: Io): Promise<SloDefinitions> {
  const definitions = await definitionsOf(config, io);
  const { checkDefinitions } = await import('../../slo/judge.ts');
  await checkDefinitions(store, definitions);
  return definitions;
}

/** Makes calls of what is stored, judges them, and keeps the verdicts. */
async function correlateAndJudge(
  store: Store,
  config: Config,
  definitions: SloDefinitions,
  io: Io,
): Promise<Judgement[]> {
  await correlateInto(store, config, io, false);
  await keepHours(store, definitions, io);
  const judgements = await store.holdToRead(async () =>
    judge(store, definitions, await evidenceEndOr(store, io.now()), io),
  );
  const { recordVerdicts } = await import('../../slo/record.ts');
  await store.hold(() => recordVerdicts(store, judgements, { judgedAt: io.now() }));
  return judgements;
}

/** Counts the hours that have changed, so that judging need not. */
async function keepHours(store: Store, definitions: SloDefinitions, io: Io): Promise<void> {
  const { keepCounts, makeCounts } = await import('../../slo/keep-counts.ts');
  const made = await store.holdToRead(async () =>
    makeCounts(store, definitions, await evidenceEndOr(store, io.now())),
  );
  await store.hold(() => keepCounts(store, made));
}

/** One turn of a watch that found something new. */
async function update(
  store: Store,
  config: Config,
  definitions: SloDefinitions,
  io: Io,
): Promise<void> {
  await store.hold(() => loadUserFiles(store, config, io));
  const judgements = await correlateAndJudge(store, config, definitions, io);
  const states = Map.groupBy(judgements, ({ state }) => state);
  const counts = [...states].map(([state, those]) => `${those.length} ${state}`);
  io.err(`judged: ${counts.join(', ')}\n`);
}
