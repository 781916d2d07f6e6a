import { Command, Option } from 'commander';
import type { CheckpointId } from '../../slo/readiness/criteria.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, withShipped } from '../judging.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withListing } from '../options.ts';
import { ensureFormat, printListing, withBasis } from '../print.ts';
import { judgedWindowOf } from '../window.ts';

const CHECKPOINTS: readonly CheckpointId[] = ['inventory', 'read_only', 'write', 'scale'];

interface Options extends ListingOptions {
  readonly of?: CheckpointId;
}

/** `readiness`: whether a rollout may go on, each exit criterion with its number. */
export function readinessCommand(io: Io): Command {
  const command = withListing(new Command('readiness'))
    .description("Judge a rollout's checkpoints; the exit code is a gate (0, 5 or 6)")
    .addOption(new Option('--of <checkpoint>', 'one checkpoint only').choices(CHECKPOINTS))
    .action(async (options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store, config) => {
        const window = await judgedWindowOf(store, options, io);
        const { CHECKPOINTS: titles, CRITERIA } = await import('../../slo/readiness/criteria.ts');
        const { judgeReadiness, neededControls } = await import('../../slo/readiness/readiness.ts');
        const { of: only, format } = options;
        const criteria = CRITERIA.filter(({ checkpoint }) => (only ?? checkpoint) === checkpoint);
        const given = await definitionsOf(config, io);
        const definitions = await withShipped(given, neededControls(criteria));
        const results = await judgeReadiness(store, definitions, window, criteria, io.now());
        const { readinessListing, readinessText } = await import('../../reports/readiness.ts');
        const listing = { ...readinessListing(results), window };
        await printListing(await withBasis(store, listing, options), options, io);
        if (format === 'table') {
          io.out(`\n${readinessText(results, titles)}`);
        }
        io.exitCode = await gateOf(results);
      });
    });
  return withExamples(
    command,
    'readiness',
    'readiness --of read_only --since 7d',
    'readiness --format md > readiness.md',
  );
}
