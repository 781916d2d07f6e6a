import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, wholeNumber, withExamples, withListing } from '../options.ts';
import { ensureFormat, printAnswer, tellUnmatched } from '../print.ts';
import { windowOf } from '../window.ts';

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

const FILTERS = ['session', 'agent', 'call', 'caller', 'tool', 'server'] as const;

/** `timeline`: tool calls in order. */
export function timelineCommand(io: Io): Command {
  const command = withListing(new Command('timeline'))
    .description('Show tool calls in time order; filters add up')
    .option('--session <id>', 'session key or Mcp-Session-Id')
    .option('--agent <id>', 'agent id or name')
    .option('--call <id>', 'one call, by the call_id that --wide shows')
    .option('--caller <id>', 'caller identity')
    .option('--tool <name>', 'tool')
    .option('--server <id>', 'MCP server')
    .option('--limit <n>', 'at most this many calls', wholeNumber('--limit', 1), 1000)
    .option('--expand', 'with --call: every piece of evidence behind the call')
    .action(async (options: Options) => {
      await ensureFormat(options);
      if (options.expand && options.call === undefined) {
        throw new UserError(
          'usage_invalid',
          '--expand shows the evidence behind one call, and no call is named.',
          "Add --call ID; 'mcp-witness timeline --wide' shows the ids.",
        );
      }
      await readStore(options, io, (store) => show(store, options, io));
    });
  return withExamples(
    command,
    'timeline --since 24h',
    'timeline --agent helpdesk-bot --server billing-mcp --since 7d',
    'timeline --call CALL_ID --expand',
    'timeline --since 24h --format csv > calls.csv',
  );
}

async function show(store: Store, options: Options, io: Io): Promise<void> {
  const window = await windowOf(store, options, io);
  const { call = '', limit, expand } = options;
  if (expand) {
    tellUnmatched(
      await printAnswer(store, 'soc/events_of_call', { call }, { window, options, io }),
      io,
    );
    return;
  }
  const filters = Object.fromEntries(FILTERS.map((name) => [name, options[name] ?? '']));
  const printing = { window, options, io, limit };
  tellUnmatched(await printAnswer(store, 'soc/timeline', filters, printing), io);
}
