import { Command } from 'commander';
import type { Io } from '../io.ts';
import { openToRead, windowOf } from '../open.ts';
import { type ListingOptions, wholeNumber, withListing } from '../options.ts';
import { ensureFormat, printAnswer } from '../print.ts';

interface Options extends ListingOptions {
  readonly session?: string;
  readonly agent?: string;
  readonly call?: string;
  readonly caller?: string;
  readonly tool?: string;
  readonly server?: string;
  readonly limit: number;
  readonly expand?: boolean;
}

/** `timeline`: tool calls in order. */
export function timelineCommand(io: Io): Command {
  return withListing(new Command('timeline'))
    .description('Show tool calls in time order')
    .option('--session <id>', 'session key or Mcp-Session-Id')
    .option('--agent <id>', 'agent id or name')
    .option('--call <id>', 'one call')
    .option('--caller <id>', 'caller identity')
    .option('--tool <name>', 'tool')
    .option('--server <id>', 'MCP server')
    .option('--limit <n>', 'at most this many calls', wholeNumber('--limit', 1), 1000)
    .option('--expand', 'with --call: every evidence row of the call')
    .action(async (options: Options) => {
      await ensureFormat(options.format);
      const { store } = await openToRead(options, io);
      using _ = store;
      const window = await windowOf(store, options, io);
      const { format } = options;
      if (options.expand && options.call !== undefined) {
        return printAnswer(
          store,
          'soc/events_of_call',
          { call: options.call },
          { format, window, io },
        );
      }
      const filters = ['session', 'agent', 'call', 'caller', 'tool', 'server'] as const;
      const given = Object.fromEntries(filters.map((name) => [name, options[name] ?? '']));
      return printAnswer(
        store,
        'soc/timeline',
        { ...given, limit: String(options.limit) },
        { format, window, io },
      );
    });
}
