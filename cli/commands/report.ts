import { Argument, Command } from 'commander';
import type { ReportKind } from '../../reports/report-input.ts';
import type { Io } from '../io.ts';
import { definitionsOf, judge } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { readStore } from '../open.ts';
import {
  type CommonOptions,
  type WindowOptions,
  withExamples,
  withStore,
  withWindow,
} from '../options.ts';
import { judgedWindowOf } from '../window.ts';
import { ensureWritable, writeReport } from '../write-report.ts';

interface Options extends CommonOptions, WindowOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** `report`: something to read, send and print. */
export function reportCommand(io: Io): Command {
  const command = withWindow(withStore(new Command('report')))
    .description(
      'Write a report: one HTML file that needs no network, or .md, .json, .xml (JUnit), .sarif, .prom',
    )
    .addArgument(new Argument('<kind>', 'for whom').choices(['soc', 'slo', 'cost', 'all']))
    .requiredOption('--out <file>', 'where to; the extension says the format')
    .option('--force', 'overwrite the file')
    .action(async (kind: ReportKind, options: Options) => {
      const { out: path, force } = options;
      await ensureWritable(path, force === true);
      await readStore(options, io, async (store, config) => {
        const window = await judgedWindowOf(store, options, io);
        const judgements = await judge(
          store,
          await definitionsOf(config, io),
          new Date(window.to),
          io,
          { details: true },
        );
        await writeReport(store, judgements, {
          path,
          kind,
          window,
          generatedAt: io.now().toISOString(),
          toolVersion: toolVersion(),
        });
      });
      io.err(`wrote ${path}\n`);
    });
  return withExamples(
    command,
    'report all --out report.html',
    'report slo --since 7d --out slo.md',
    'report slo --out slo.xml --force',
  );
}
