import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { openToRead, windowOf } from '../open.ts';
import { type ListingOptions, wholeNumber, withListing } from '../options.ts';
import { ensureFormat, printAnswer, printListing } from '../print.ts';

interface Options extends ListingOptions {
  readonly param: Readonly<Record<string, string>>;
  readonly list?: boolean;
  readonly sql?: string;
  readonly maxRows: number;
}

/** Free SQL must end by itself: rows and time are bounded. */
const SQL_TIMEOUT_MS = 60_000;

/** `query`: any file in queries/, or read-only SQL. */
export function queryCommand(io: Io): Command {
  return withListing(new Command('query'))
    .description('Ask a question by its name, or in read-only SQL')
    .argument('[name]', "such as 'sre/latency_by_tool'; --list shows all")
    .option('--param <name=value>', 'a parameter of the query; repeatable', parameter, {})
    .option('--list', 'show every question, with its parameters')
    .option('--sql <text>', 'one SQL statement, read-only, without access to files or network')
    .option(
      '--max-rows <n>',
      'with --sql: at most this many rows',
      wholeNumber('--max-rows', 1),
      10_000,
    )
    .action(async (name: string | undefined, options: Options) => {
      await ensureFormat(options.format);
      if (options.list) return printCatalogue(options.format, io);
      if ((name === undefined) === (options.sql === undefined)) {
        throw new UserError(
          'usage_invalid',
          'A query needs either a name or --sql.',
          "Write 'mcp-witness query --list' to see the names.",
        );
      }
      if (name !== undefined) {
        const { findQuery } = await import('../../queries/catalogue.ts');
        findQuery(name);
      }
      const { store } = await openToRead(options, io);
      using _ = store;
      if (options.sql !== undefined) return printSql(store, options.sql, options, io);
      const window = await windowOf(store, options, io);
      return printAnswer(store, name ?? '', options.param, { format: options.format, window, io });
    });
}

function parameter(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new UserError('usage_invalid', `'${text}' is no parameter.`, 'Write --param name=value.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

async function printCatalogue(format: string, io: Io): Promise<void> {
  const { listQueries } = await import('../../queries/catalogue.ts');
  const rows = listQueries().map(({ name, purpose, readers, params }) => ({
    name,
    purpose,
    readers: readers.join(', '),
    params: params.map((param) => param.name).join(', '),
  }));
  const columns = ['name', 'purpose', 'readers', 'params'].map((name) => ({
    name,
    type: 'varchar',
  }));
  await printListing({ columns, rows }, format, io);
}

async function printSql(
  store: Awaited<ReturnType<typeof openToRead>>['store'],
  sql: string,
  { format, maxRows }: Options,
  io: Io,
): Promise<void> {
  const { columns, rows, isCut } = await store.readOnly(sql, {
    maxRows,
    timeoutMs: SQL_TIMEOUT_MS,
  });
  await printListing({ columns, rows }, format, io);
  if (isCut) io.err(`only the first ${maxRows} rows are shown; --max-rows takes more\n`);
}
