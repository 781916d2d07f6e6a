import { Command, Option } from 'commander';
import type { TimeWindow } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withListing } from '../options.ts';
import { answerOf, ensureFormat, printListing, withBasis } from '../print.ts';
import { windowOf } from '../window.ts';

interface Options extends ListingOptions {
  readonly of?: keyof typeof PARTS;
  readonly fix?: boolean;
}

const PARTS = {
  fields: 'sre/coverage_by_field',
  sources: 'sre/coverage_by_source',
  contract: 'sre/coverage_by_source_and_field',
  holes: 'sre/coverage_holes',
  servers: 'sre/coverage_by_server',
  agents: 'sre/coverage_by_agent',
  matches: 'sre/matches_by_rung',
  bypass: 'soc/gateway_bypass_by_server',
  loss: 'sre/loss_accounting',
  rejects: 'soc/rejected_records_by_reason',
  unreadable: 'sre/unreadable_by_source',
  gaps: 'sre/gaps_by_partition',
  redactions: 'sre/redactions_by_source',
  sampling: 'sre/sampling_by_source',
  sessions: 'sre/sessions_by_source',
  hours: 'sre/hours_by_source',
} as const;

/** What a person sees without asking for a part; a machine gets the first. */
const OVERVIEW = [
  'fields',
  'matches',
  'bypass',
  'loss',
  'rejects',
  'unreadable',
  'gaps',
  'redactions',
] as const;

/** Parts that the overview leaves out when there is nothing to say. */
const ONLY_IF_ANY: ReadonlySet<keyof typeof PARTS> = new Set(['unreadable', 'gaps', 'redactions']);

/** `coverage`: what all other numbers rest on. */
export function coverageCommand(io: Io): Command {
  const command = withListing(new Command('coverage'))
    .description('Show what the numbers rest on: contract fields, matches, loss, sampling, gaps')
    .addOption(new Option('--of <part>', 'one part only').choices(Object.keys(PARTS)))
    .addOption(
      new Option(
        '--fix',
        'the holes in the contract, each with the snippet that fills it',
      ).conflicts('of'),
    )
    .action(async (options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store) => {
        const window = await windowOf(store, options, io);
        if (options.fix) return await printRemedies(store, window, options, io);
        let isFirst = true;
        for (const part of partsOf(options, io)) {
          const listing = await answerOf(store, PARTS[part], {}, window, io);
          if (options.of === undefined && ONLY_IF_ANY.has(part) && listing.rows.length === 0)
            continue;
          if (!isFirst) io.out('\n');
          isFirst = false;
          await printListing(await withBasis(store, listing, options), options, io);
        }
      });
    });
  return withExamples(
    command,
    'coverage --since 24h',
    'coverage --of servers --wide',
    'coverage --fix --format md > holes.md',
  );
}

function partsOf({ of, format }: Options, io: Io): readonly (keyof typeof PARTS)[] {
  if (of !== undefined) return [of];
  if (format === 'table' || format === 'md') return OVERVIEW;
  io.err(`only '${OVERVIEW[0]}' is printed in this format; --of names another part\n`);
  return OVERVIEW.slice(0, 1);
}

/** The holes first, then what fills them; a machine gets both in one row. */
async function printRemedies(
  store: Store,
  window: TimeWindow,
  options: Options,
  io: Io,
): Promise<void> {
  const { remediesText, withRemedies } = await import('../../reports/holes.ts');
  const holes = withRemedies(await answerOf(store, 'sre/coverage_holes', {}, window, io));
  const listing = await withBasis(store, holes, options);
  if (options.format !== 'table' && options.format !== 'md') {
    return await printListing(listing, options, io);
  }
  const { inBrief } = await import('../../reports/listing.ts');
  await printListing(inBrief(listing), options, io);
  if (listing.rows.length > 0) io.out(`\n${remediesText(listing)}`);
  else if (listing.coverage?.['rows'] === 0)
    io.err('no tool call is in this window: no data, which is not 0 %\n');
  else io.err('every call has all twelve fields\n');
}
