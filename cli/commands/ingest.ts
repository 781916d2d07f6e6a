import { Command, Option } from 'commander';
import type { IngestSummary } from '../../ingest/ingest-files.ts';
import { commandLine } from '../command-line.ts';
import { ExitCode } from '../exit-codes.ts';
import { hubsOf, ingestHubInto } from '../hub-pipeline.ts';
import type { Io } from '../io.ts';
import { ingestLogsInto, logsOf, type PullOptions, scopeOf } from '../logs-pipeline.ts';
import { addToStore } from '../open.ts';
import { type CommonOptions, withExamples, withStore } from '../options.ts';
import { ensureSources, ingestFilesInto, ingestSources } from '../pipeline.ts';

interface Options extends CommonOptions {
  readonly table?: string;
  readonly mapping?: string;
}

/** `ingest`: outside world to events. Safe to repeat. */
export function ingestCommand(io: Io): Command {
  const files = withStore(new Command('files'))
    .description(
      'Read telemetry files: .json .ndjson .jsonl .csv .parquet .avro, each also gzipped',
    )
    .argument('<paths...>', 'files, folders, or quoted globs')
    .option('--table <name>', 'what all records are, where they do not tell themselves')
    .addOption(
      new Option('--mapping <file>', 'a source file of your own that reads the records').conflicts(
        'table',
      ),
    )
    .action(async (paths: string[], options: Options) => {
      const { findFiles } = await import('../../ingest/transports/files.ts');
      const { asIngest } = await import('../telemetry/stages.ts');
      // A mistyped path makes no database.
      await findFiles(paths);
      await addToStore(options, io, async (store, { redaction }) => {
        const { table, mapping } = options;
        const summary = await asIngest({ kind: 'files' }, () =>
          ingestFilesInto(store, paths, { apis: [], table, mapping }, io, redaction),
        );
        finish(summary, options, io);
      });
    });
  const hubs = withStore(new Command('event-hubs'))
    .description('Read event hubs of the config, to where they end now')
    .argument('[name]', 'the source to read (default: all of this kind)')
    .action((name: string | undefined, options: CommonOptions) =>
      addToStore(
        options,
        io,
        async (store, config) => {
          for (const hub of hubsOf(config, name)) {
            const summary = await ingestHubInto(store, hub, io, config.redaction);
            finish(summary, options, io);
            if (summary.wasInterrupted) return;
          }
        },
        (config) => hubsOf(config, name),
      ),
    );
  const logs = withStore(new Command('log-analytics'))
    .description('Pull tables of Log Analytics and Application Insights, to where they end now')
    .argument('[name]', 'the source to pull (default: all of this kind)')
    .option('--from <time>', 'pull what happened since then, whatever was read before')
    .option('--to <time>', 'with --from: the end, exclusive (default: now)')
    .option('--backfill', 'pull also what is older than where reading began (from --from on)')
    .option('--plan', 'only say how many rows, bytes and queries it would be')
    .action((name: string | undefined, options: CommonOptions & PullOptions) =>
      addToStore(
        options,
        io,
        async (store, config) => {
          for (const source of logsOf(config, name)) {
            const summary = await ingestLogsInto(store, source, io, config.redaction, options);
            if (options.plan !== true || summary.wasInterrupted) finish(summary, options, io);
            if (summary.wasInterrupted) return;
          }
        },
        (config) => {
          logsOf(config, name);
          scopeOf(options, io.now());
        },
      ),
    );
  const all = withStore(new Command('all'))
    .description('Read every source of the config')
    .action((options: CommonOptions) =>
      addToStore(
        options,
        io,
        async (store, config) => {
          finish(await ingestSources(store, config, io), options, io);
        },
        ensureSources,
      ),
    );
  withExamples(
    files,
    'ingest files telemetry/',
    "ingest files 'exports/**/*.csv' gateway.ndjson.gz",
    'ingest files rows.json --table AppRequests',
  );
  withExamples(hubs, 'ingest event-hubs', 'ingest event-hubs stream --config mcp-witness.yaml');
  withExamples(
    logs,
    'ingest log-analytics',
    'ingest log-analytics workspace --plan',
    'ingest log-analytics --from 2026-11-20T10:00:00Z --to 2026-11-20T10:30:00Z',
    'ingest log-analytics --backfill --from 2026-10-01',
  );
  return new Command('ingest')
    .description('Read telemetry into the database; what is known already is a duplicate')
    .addCommand(files)
    .addCommand(hubs)
    .addCommand(logs)
    .addCommand(all);
}

/** `hasRest`: absent where only the source knows. */
function finish(
  summary: Pick<
    IngestSummary,
    'isPartial' | 'wasInterrupted' | 'stored' | 'duplicate' | 'rejected'
  > & { readonly hasRest?: boolean },
  options: CommonOptions,
  io: Io,
): void {
  if (summary.wasInterrupted) {
    io.err(
      summary.hasRest === false
        ? 'Interrupted when everything had been read: it is stored, and nothing is left.\n'
        : 'Interrupted: what was counted is stored. Repeat the command to read the rest.\n',
    );
    io.exitCode = ExitCode.interrupted;
    return;
  }
  // Why nothing was stored has been said.
  if (summary.stored + summary.duplicate > 0 || summary.rejected === 0) {
    io.err(`next, to make tool calls of it: ${commandLine(io, 'correlate', options)}\n`);
  }
  if (summary.isPartial) io.exitCode = ExitCode.partial;
}
