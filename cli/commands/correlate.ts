import { Command } from 'commander';
import { commandLine } from '../command-line.ts';
import { sayDatedAhead } from '../dated-ahead.ts';
import type { Io } from '../io.ts';
import { changeStore } from '../open.ts';
import { type CommonOptions, withStore } from '../options.ts';
import { correlateInto, loadUserFiles } from '../pipeline.ts';

interface Options extends CommonOptions {
  readonly rebuild?: boolean;
}

/** `correlate`: events into tool calls. */
export function correlateCommand(io: Io): Command {
  return withStore(new Command('correlate'))
    .description(
      'Join both sides of each tool call; also loads the inventory and prices of the config',
    )
    .option('--rebuild', 'from scratch; gives the same rows')
    .action((options: Options) =>
      changeStore(options, io, async (store, config) => {
        await loadUserFiles(store, config, io);
        await correlateInto(store, config, io, options.rebuild === true);
        await sayDatedAhead(store, io);
        io.err(`next, to see them: ${commandLine(io, 'timeline --since 24h', options)}\n`);
      }),
    );
}
