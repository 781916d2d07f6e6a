import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, wholeNumber, withExamples, withListing } from '../options.ts';
import { ensureFormat, printAnswer, printListing } from '../print.ts';
import { printKql } from '../print-kql.ts';
import { evidenceEndOr, windowOf } from '../window.ts';

interface Options extends ListingOptions {
  readonly param?: Readonly<Record<string, string>>;
  readonly list?: boolean;
  readonly sql?: string;
  readonly kql?: string;
  readonly maxRows?: number;
}

/** Free SQL must end by itself: rows and time are bounded. */
const SQL_TIMEOUT_MS = 60_000;
const SQL_MAX_ROWS = 10_000;

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
      `with --sql: at most this many rows (default: ${SQL_MAX_ROWS})`,
      wholeNumber('--max-rows', 1),
    )
    .action(async (name: string | undefined, options: Options) => {
      await ensureFormat(options);
      const { sql, kql, list, param } = options;
      if ([name, sql, kql, list].filter((each) => each !== undefined).length !== 1) throw unclear();
      ensureNothingIdle(options);
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

/** What would be taken and change nothing. */
function ensureNothingIdle({ sql, from, to, since, param, maxRows }: Options): void {
  if (sql === undefined) {
    if (maxRows === undefined) return;
    throw new UserError(
      'usage_invalid',
      '--max-rows bounds the rows of --sql alone.',
      "Leave it away; 'mcp-witness query --list --wide' shows which questions have a parameter 'limit'.",
    );
  }
  if ((from ?? to ?? since) !== undefined) {
    throw new UserError(
      'usage_invalid',
      '--from, --to and --since are of questions with a name; a statement says itself which time it is about.',
      `Write it there, such as: where "timestamp" >= x_ts('2026-11-01').`,
    );
  }
  if (param !== undefined) {
    throw new UserError(
      'usage_invalid',
      '--param is of questions with a name.',
      'Write the value into the statement.',
    );
  }
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
  const { maxRows = SQL_MAX_ROWS } = options;
  await standWhatItReads(store, sql, io);
  const { columns, rows, isCut } = await store.readOnly(sql, {
    maxRows,
    timeoutMs: SQL_TIMEOUT_MS,
  });
  await printListing({ columns, rows }, options, io);
  if (isCut) io.err(`only the first ${maxRows} rows are shown; --max-rows takes more\n`);
}

async function standWhatItReads(store: Store, sql: string, io: Io): Promise<void> {
  const { definedTablesIn, standDefinedTables } = await import('../../queries/defined-tables.ts');
  const tables = definedTablesIn(sql);
  if (tables.length === 0) return;
  await standDefinedTables(store, tables, await evidenceEndOr(store, io.now()));
}
