import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parseInstant } from '../../core/window.ts';
import type { Profile } from '../../simulate/simulate.ts';
import { commandLine } from '../command-line.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from '../options.ts';
import { simulatedText } from '../pipeline.ts';

interface Options {
  readonly out: string;
  readonly calls: number;
  readonly seed: number;
  readonly from: string;
  readonly to: string;
  readonly faults?: string;
  readonly profile: Profile;
}

/** `simulate`: telemetry with its ground truth. */
export function simulateCommand(io: Io): Command {
  return new Command('simulate')
    .description("Write a fleet's telemetry as Azure would, with what truly happened beside it")
    .requiredOption('--out <folder>', 'where to')
    .option('--calls <n>', 'how many tool calls', wholeNumber('--calls', 1), 20_000)
    .option('--seed <n>', 'the same seed writes the same bytes', wholeNumber('--seed', 0), 1)
    .option('--from <time>', 'first day', 'now-30d')
    .option('--to <time>', 'end', 'now')
    .option('--faults <list>', "what goes wrong, such as 'no_trace=0.1,skew_ms=1500' or 'hard'")
    .addOption(
      new Option('--profile <name>', 'how much is written of each call')
        .choices(['fleet', 'lean', 'bulk'] satisfies Profile[])
        .default('fleet'),
    )
    .action(async ({ out, calls, seed, from, to, faults, profile }: Options) => {
      const { isSimulation, simulate } = await import('../../simulate/simulate.ts');
      const { parseFaults } = await import('../../simulate/faults.ts');
      const now = io.now();
      if (isSimulation(out)) io.err(`the simulation that was there is replaced: ${out}\n`);
      const summary = await simulate({
        folder: out,
        calls,
        seed,
        from: parseInstant(from, now),
        to: parseInstant(to, now),
        profile,
        ...(faults === undefined ? {} : { faults: parseFaults(faults) }),
        onProgress: (written) => io.progress(`simulate ${written}/${calls} calls`),
      });
      io.err(simulatedText(summary));
      const config = join(out, 'mcp-witness.yaml');
      io.err(`next, to read and judge it: ${commandLine(io, 'run', { config })}\n`);
    });
}
