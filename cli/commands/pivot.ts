import { Command } from 'commander';
import type { Io } from '../io.ts';
import { openToRead, windowOf } from '../open.ts';
import { type ListingOptions, withListing } from '../options.ts';
import { ensureFormat, printAnswer } from '../print.ts';

/** `pivot`: what shares an id. */
export function pivotCommand(io: Io): Command {
  return withListing(new Command('pivot'))
    .description('Show what shares an id: a call, session, trace, agent, caller or address')
    .argument('<id>', 'any id that a timeline shows')
    .action(async (id: string, options: ListingOptions) => {
      await ensureFormat(options.format);
      const { store } = await openToRead(options, io);
      using _ = store;
      const window = await windowOf(store, options, io);
      await printAnswer(store, 'soc/pivot', { id }, { format: options.format, window, io });
    });
}
