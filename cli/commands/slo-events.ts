import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Objective } from '../../slo/definition.ts';
import type { Io } from '../io.ts';
import { definitionsOf } from '../judging.ts';
import { readStore } from '../open.ts';
import {
  type ListingOptions,
  lasting,
  wholeNumber,
  withExamples,
  withFormat,
  withoutStart,
  withStore,
} from '../options.ts';
import { ensureFormat, printListing, withBasis } from '../print.ts';
import { sayWindow, windowEnd } from '../window.ts';

interface Options extends ListingOptions {
  readonly lookback?: number;
  readonly class: string;
  readonly limit: number;
}

/** `slo events`: the rows behind a number of a verdict. */
export function sloEventsCommand(io: Io): Command {
  const command = withFormat(withStore(new Command('events')))
    .description('The bad rows behind a burn, newest first, or the rows that a rule left out')
    .argument('<slo>', 'name of the objective')
    .option('--to <time>', 'the end of its window (default: the end of the evidence)')
    .option(
      '--lookback <duration>',
      "only the last '1h', '6h'; else the window",
      lasting('--lookback'),
    )
    .option(
      '--class <id>',
      "'bad', 'good', or the id of an exclusion or an unmeasurable rule",
      'bad',
    )
    .option('--limit <n>', 'at most so many of each objective', wholeNumber('--limit', 1), 100)
    .action(async (name: string, options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store, config) => {
        const objectives = await objectivesOf(await definitionsOf(config, io), name);
        const { eventsOf, windowOfEvents } = await import('../../slo/bad-events.ts');
        const { lookback: lookbackMs = null, limit } = options;
        const at = await windowEnd(store, options, io.now());
        // One document has one window, whatever the number of its objectives.
        const window = windowOfEvents(objectives[0], { at, lookbackMs });
        await sayWindow(store, window, options, io);
        const rows = [];
        const cut = [];
        for (const objective of objectives) {
          const asked = { at, lookbackMs, class: options.class, limit: limit + 1 };
          const found = await refusing(() => eventsOf(store, objective, asked));
          const shown = found.slice(0, limit);
          rows.push(...shown.map((row) => ({ objective: objective.objective, ...row })));
          if (shown.length < found.length) cut.push(objective.objective);
        }
        const { inferColumns } = await import('../../reports/listing.ts');
        const listing = { columns: inferColumns(rows), rows, window };
        await printListing(await withBasis(store, listing, options), options, io);
        for (const objective of cut) {
          const whose = objectives.length === 1 ? '' : ` of ${objective}`;
          io.err(`the first ${limit} rows${whose}; --limit takes more\n`);
        }
      });
    });
  withoutStart(
    command,
    "Say with --to where the window ends, and with --lookback ('1h', '7d') how much of its end is shown.",
  );
  return withExamples(
    command,
    'slo events auth-success --lookback 1h',
    'slo events write-latency --class not-approved',
  );
}

async function objectivesOf(
  { definitions }: Awaited<ReturnType<typeof definitionsOf>>,
  name: string,
): Promise<readonly [Objective, ...Objective[]]> {
  const [first, ...others] = definitions.filter(
    (each): each is Objective => each.kind === 'objective' && each.slo === name,
  );
  if (first) return [first, ...others];
  const known = definitions.flatMap(({ kind, slo }) => (kind === 'objective' ? [slo] : []));
  throw new UserError(
    'usage_invalid',
    `There is no objective named '${name}'.`,
    `Use one of: ${[...new Set(known)].sort().join(', ')}.`,
  );
}

/** A class that the objective does not have is a slip of the reader. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError('usage_invalid', `${error.message}.`, 'Name one of these with --class.');
  }
}
