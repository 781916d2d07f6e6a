import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withListing } from '../options.ts';
import { answerOf, ensureFormat, printListing, withBasis } from '../print.ts';
import { windowOf } from '../window.ts';

interface Options extends ListingOptions {
  readonly of?: keyof typeof PARTS;
}

const PARTS = {
  fields: 'sre/coverage_by_field',
  sources: 'sre/coverage_by_source',
  servers: 'sre/coverage_by_server',
  agents: 'sre/coverage_by_agent',
  matches: 'sre/matches_by_rung',
  bypass: 'soc/gateway_bypass_by_server',
  loss: 'sre/loss_accounting',
  rejects: 'soc/rejected_records_by_reason',
  sampling: 'sre/sampling_by_source',
  sessions: 'sre/sessions_by_source',
  hours: 'sre/hours_by_source',
} as const;

/** What a person sees without asking for a part; a machine gets the first. */
const OVERVIEW = ['fields', 'matches', 'bypass', 'loss', 'rejects'] as const;

/** `coverage`: what all other numbers rest on. */
export function coverageCommand(io: Io): Command {
  const command = withListing(new Command('coverage'))
    .description('Show what the numbers rest on: contract fields, matches, loss, sampling, gaps')
    .addOption(new Option('--of <part>', 'one part only').choices(Object.keys(PARTS)))
    .action(async (options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store) => {
        const window = await windowOf(store, options, io);
        for (const [index, part] of partsOf(options, io).entries()) {
          if (index > 0) io.out('\n');
          const listing = await answerOf(store, PARTS[part], {}, window, io);
          await printListing(await withBasis(store, listing, options), options, io);
        }
      });
    });
  return withExamples(command, 'coverage --since 24h', 'coverage --of servers --wide');
}

function partsOf({ of, format }: Options, io: Io): readonly (keyof typeof PARTS)[] {
  if (of !== undefined) return [of];
  if (format === 'table' || format === 'md') return OVERVIEW;
  io.err(`only '${OVERVIEW[0]}' is printed in this format; --of names another part\n`);
  return OVERVIEW.slice(0, 1);
}
