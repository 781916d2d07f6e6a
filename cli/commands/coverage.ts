import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { openToRead, windowOf } from '../open.ts';
import { type ListingOptions, withListing } from '../options.ts';
import { answerOf, basisOf, ensureFormat, printListing } from '../print.ts';

interface Options extends ListingOptions {
  readonly of?: keyof typeof PARTS;
}

const PARTS = {
  fields: 'sre/coverage_by_source',
  servers: 'sre/coverage_by_server',
  agents: 'sre/coverage_by_agent',
  matches: 'sre/matches_by_rung',
  loss: 'sre/loss_accounting',
  rejects: 'soc/rejected_records_by_reason',
  sampling: 'sre/sampling_by_source',
  sessions: 'sre/sessions_by_source',
  hours: 'sre/hours_by_source',
} as const;

/** What a person sees without asking for a part. */
const OVERVIEW = ['fields', 'matches', 'loss', 'rejects'] as const;

/** `coverage`: what all other numbers rest on. */
export function coverageCommand(io: Io): Command {
  return withListing(new Command('coverage'))
    .description('Show what the numbers rest on: contract fields, matches, loss, sampling, gaps')
    .addOption(new Option('--of <part>', 'one part only').choices(Object.keys(PARTS)))
    .action(async (options: Options) => {
      await ensureFormat(options.format);
      const { store } = await openToRead(options, io);
      using _ = store;
      const window = await windowOf(store, options, io);
      const isForReading = options.format === 'table' || options.format === 'md';
      const parts = options.of ? [options.of] : isForReading ? OVERVIEW : (['fields'] as const);
      if (!options.of && !isForReading)
        io.err("one part is printed: 'fields'; --of names another\n");
      const coverage = await basisOf(store, window);
      for (const part of parts) {
        const listing = await answerOf(store, PARTS[part], {}, window, io);
        if (parts.length > 1)
          io.out(options.format === 'md' ? `\n## ${listing.title}\n\n` : `\n${listing.title}\n`);
        await printListing({ ...listing, coverage }, options.format, io);
      }
    });
}
