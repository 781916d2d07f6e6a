import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { openToRead, windowOf } from '../open.ts';
import { type ListingOptions, withListing } from '../options.ts';
import { ensureFormat, printAnswer } from '../print.ts';

interface Options extends ListingOptions {
  readonly by: string;
}

/** `cost report`: what agents, servers, tools and models cost. */
export function costCommand(io: Io): Command {
  const report = withListing(new Command('report'))
    .description(
      'Show cost per agent, server, tool, model or cost center; nothing unpriced is left out',
    )
    .addOption(
      new Option('--by <what>', 'what to add up by')
        .choices(['agent', 'server', 'tool', 'model', 'cost_center'])
        .default('agent'),
    )
    .action(async (options: Options) => {
      await ensureFormat(options.format);
      const { store } = await openToRead(options, io);
      using _ = store;
      const window = await windowOf(store, options, io);
      await printAnswer(
        store,
        `finops/cost_by_${options.by}`,
        {},
        { format: options.format, window, io },
      );
    });
  return new Command('cost').description('What tool calls and model use cost').addCommand(report);
}
