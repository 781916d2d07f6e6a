import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withListing } from '../options.ts';
import { ensureFormat, printAnswer } from '../print.ts';
import { windowOf } from '../window.ts';

interface Options extends ListingOptions {
  readonly by: string;
}

/** `cost report`: what agents, servers, tools and models cost. */
export function costCommand(io: Io): Command {
  const report = withListing(new Command('report'))
    .description('Show what each agent, server, tool, model or cost center cost')
    .addOption(
      new Option('--by <what>', 'what to add up by')
        .choices(['agent', 'server', 'tool', 'model', 'cost_center'])
        .default('agent'),
    )
    .action(async (options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store) => {
        const window = await windowOf(store, options, io);
        await printAnswer(store, `finops/cost_by_${options.by}`, {}, { window, options, io });
      });
    });
  withExamples(
    report,
    'cost report --by agent',
    'cost report --by model --since 7d --format csv > cost.csv',
  );
  return new Command('cost').description('What tool calls and model use cost').addCommand(report);
}
