import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, wholeNumber, withExamples, withListing } from '../options.ts';
import { ensureFormat, printAnswer, printListing } from '../print.ts';
import { printKql } from '../print-kql.ts';
import { windowOf } from '../window.ts';

interface Options extends ListingOptions {
  readonly param?: Readonly<Record<string, string>>;
  readonly list?: boolean;
  readonly sql?: string;
  readonly kql?: string;
  readonly maxRows: number;
}

/** Free SQL must end by itself: rows and time are bounded. */
const SQL_TIMEOUT_MS = 60_000;

/** `query`: any file in queries/, read-only SQL, or the text of a question for Log Analytics. */
export function queryCommand(io: Io): Command {
  const command = withListing(new Command('query'))
    .description('Ask a question by its name, or in read-only SQL')
    .argument('[name]', "such as 'sre/latency_by_tool'; --list shows all")
    .option('--param <name=value>', 'a parameter of the query; repeatable', parameter)
    .option('--list', 'show every question; with --wide also its readers and parameters')
    .option('--kql <name>', 'print a question as KQL for Log Analytics, its parameters filled in')
    .option('--sql <text>', 'one SQL statement, read-only, without access to files or network')
    .option(
      '--max-rows <n>',
      'with --sql: at most this many rows',
      wholeNumber('--max-rows', 1),
      10_000,
    )
    .action(async (name: string | undefined, options: Options) => {
      await ensureFormat(options);
      const { sql, kql, list, param } = options;
      if ([name, sql, kql, list].filter((each) => each !== undefined).length !== 1) throw unclear();
      if (list) return await printCatalogue(options, io);
      if (kql !== undefined) return await printKql(kql, options, io);
      if (sql?.trim() === '') throw unclear();
      if (sql !== undefined) {
        return await readStore(options, io, (store) => printSql(store, sql, options, io));
      }
      const { findQuery } = await import('../../queries/catalogue.ts');
      const query = findQuery(name ?? '');
      await readStore(options, io, async (store) => {
        const window = await windowOf(store, options, io);
        await printAnswer(store, query.name, param ?? {}, { window, options, io });
      });
    });
  return withExamples(
    command,
    'query --list',
    'query sre/latency_by_tool --since 7d',
    'query soc/noteworthy_calls --param limit=5',
    'query --kql sre/operational_view --since 24h',
    "query --sql 'select outcome, count(*) from tool_calls group by all'",
  );
}

function unclear(): UserError {
  return new UserError(
    'usage_invalid',
    'A query is either a name, or --kql, or --sql, or --list.',
    "Write 'mcp-witness query --list' to see the names.",
  );
}

function parameter(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new UserError(
      'usage_invalid',
      `--param cannot be '${text}'.`,
      "Write a name and a value, such as '--param limit=100'.",
    );
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

async function printCatalogue(options: Options, io: Io): Promise<void> {
  const { listQueries } = await import('../../queries/catalogue.ts');
  const { listKqlQueries } = await import('../../queries/kql.ts');
  const all = [
    ...listQueries().map((query) => ({ ...query, language: 'sql' })),
    ...listKqlQueries().map((query) => ({ ...query, language: 'kql' })),
  ];
  const rows = all.map(({ name, language, purpose, readers, params }) => ({
    name,
    language,
    purpose,
    readers: readers.join(', '),
    params: params.map((param) => param.name).join(', '),
  }));
  const columns = ['name', 'language', 'purpose', 'readers', 'params'].map((name) => ({
    name,
    type: 'varchar',
  }));
  await printListing({ columns, rows, brief: ['name', 'language', 'purpose'] }, options, io);
}

async function printSql(store: Store, sql: string, options: Options, io: Io): Promise<void> {
  const { maxRows } = options;
  const { columns, rows, isCut } = await store.readOnly(sql, {
    maxRows,
    timeoutMs: SQL_TIMEOUT_MS,
  });
  await printListing({ columns, rows }, options, io);
  if (isCut) io.err(`only the first ${maxRows} rows are shown; --max-rows takes more\n`);
}
