import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withListing } from '../options.ts';
import { ensureFormat, printAnswer, tellUnmatched } from '../print.ts';
import { windowOf } from '../window.ts';

/** `pivot`: what shares an id. */
export function pivotCommand(io: Io): Command {
  const command = withListing(new Command('pivot'))
    .description('Show what shares an id: a call, session, trace, agent, caller or address')
    .argument('<id>', "any id that 'timeline --wide' shows, or the name of an agent", ensureId)
    .action(async (id: string, options: ListingOptions) => {
      await ensureFormat(options);
      await readStore(options, io, async (store) => {
        const window = await windowOf(store, options, io);
        tellUnmatched(await printAnswer(store, 'soc/pivot', { id }, { window, options, io }), io);
      });
    });
  return withExamples(command, 'pivot helpdesk-bot', 'pivot 203.0.113.7 --since 7d');
}

/** Nothing has the empty id, and a shell makes one of a variable that is not set. */
function ensureId(id: string): string {
  if (id.trim() !== '') return id;
  throw new UserError(
    'usage_invalid',
    'The id is empty.',
    "Give one that 'timeline --wide' shows.",
  );
}
