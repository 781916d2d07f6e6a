import { Command } from 'commander';
import { commandLine } from '../command-line.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, judge } from '../judging.ts';
import { writeStore } from '../open.ts';
import { type CommonOptions, withStore } from '../options.ts';
import { correlateInto, ensureSources, ingestSources, loadUserFiles } from '../pipeline.ts';
import { evidenceEndOr } from '../window.ts';

/** `run`: ingest, correlate, judge, once. */
export function runCommand(io: Io): Command {
  return withStore(new Command('run'))
    .description('Ingest every source of the config, correlate, judge, and keep the verdicts')
    .action((options: CommonOptions) =>
      writeStore(
        options,
        io,
        async (store, config) => {
          // What users write is read first: its mistakes show before the long work.
          const definitions = await definitionsOf(config, io);
          const { checkDefinitions } = await import('../../slo/judge.ts');
          await checkDefinitions(store, definitions);
          await loadUserFiles(store, config);
          const ingested = await ingestSources(store, config, io);
          if (ingested.wasInterrupted) {
            io.exitCode = ExitCode.interrupted;
            return;
          }
          await correlateInto(store, config, io, false);
          const judgements = await judge(store, definitions, await evidenceEndOr(store, io.now()));
          const { recordVerdicts } = await import('../../slo/record.ts');
          await recordVerdicts(store, judgements, { judgedAt: io.now() });
          for (const { state, displayName } of judgements)
            io.out(`${state.padEnd(18)}${displayName}\n`);
          io.err(`next, to see why: ${commandLine(io, 'slo report', options)}\n`);
          const gate = await gateOf(judgements);
          // Breached, then partly collected, then not verified: DESIGN's precedence.
          if (gate === ExitCode.breached) io.exitCode = gate;
          else io.exitCode = ingested.isPartial ? ExitCode.partial : gate;
        },
        ensureSources,
      ),
    );
}
