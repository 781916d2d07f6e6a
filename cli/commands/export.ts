import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { systemReason, UserError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import type { ExportedTable, ExportSummary } from '../../reports/lake/export-parquet.ts';
import type { LakeTable } from '../../reports/lake/tables.ts';
import type { Store } from '../../store/store.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { readStore } from '../open.ts';
import {
  type CommonOptions,
  type WindowOptions,
  withExamples,
  withStore,
  withWindow,
} from '../options.ts';
import { judgedWindowOf } from '../window.ts';

interface Options extends CommonOptions, WindowOptions {
  readonly out: string;
  readonly tables?: string;
}

/** `export`: the rows for other systems. */
export function exportCommand(io: Io): Command {
  return new Command('export')
    .description('Write the rows for other systems')
    .addCommand(parquetCommand(io));
}

function parquetCommand(io: Io): Command {
  const command = withWindow(withStore(new Command('parquet')))
    .description(
      'Write published tables as Parquet files (zstd), a folder for each UTC day; safe to repeat',
    )
    .requiredOption('--out <folder>', 'an empty folder, or one of an earlier export')
    .addOption(
      new Option('--partition <by>', 'what a folder is of').choices(['day']).default('day'),
    )
    .option('--tables <names>', 'some of them, with commas between them (default: all)')
    .action((options: Options) => exportInto(options, io));
  return withExamples(
    command,
    'export parquet --partition day --out lake',
    'export parquet --out lake --tables tool_calls,events --since 2d',
  );
}

async function exportInto(options: Options, io: Io): Promise<void> {
  const { lakeTables } = await import('../../reports/lake/tables.ts');
  const tables = lakeTables(options.tables);
  await readStore(options, io, async (store) => {
    const days = await daysOf(store, options, io);
    await ensureRows(store, tables);
    ensureFolder(options.out);
    const { exportParquet } = await import('../../reports/lake/export-parquet.ts');
    io.isStoppable = true;
    const summary = await exportParquet(store, {
      folder: options.out,
      tables,
      days,
      signal: io.signal,
      onFile: (path, fileNo, files) => io.progress(`export ${fileNo}/${files}  ${path}`),
    }).finally(() => {
      io.isStoppable = false;
    });
    tell(summary, options, io);
  });
}

/** The whole days that a window touches; undefined: all there are. */
async function daysOf(
  store: Store,
  options: Options,
  io: Io,
): Promise<{ from: number; to: number } | undefined> {
  const { from, to, since } = options;
  if (from === undefined && to === undefined && since === undefined) return undefined;
  const { dayNoOf, dayText } = await import('../../reports/lake/days.ts');
  const window = await judgedWindowOf(store, options, io);
  const last = dayNoOf(new Date(Date.parse(window.to) - 1).toISOString());
  const days = { from: dayNoOf(window.from), to: last + 1 };
  io.err(`days: ${dayText(days.from)} to ${dayText(last)}, whole ones\n`);
  return days;
}

function ensureFolder(folder: string): void {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory()) return;
    if (
      found === undefined &&
      statSync(dirname(folder), { throwIfNoEntry: false })?.isDirectory()
    ) {
      mkdirSync(folder);
      return;
    }
    throw new UserError(
      'output_refused',
      found === undefined
        ? `There is no folder '${dirname(folder)}' to make '${folder}' in.`
        : `'${folder}' is not a folder.`,
      'Make it, or name another folder with --out.',
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'output_refused',
      `Cannot write into '${folder}': ${systemReason(error)}.`,
      'Make room, or let this user write there, or name another folder with --out.',
      { cause: error },
    );
  }
}

/** A store without any rows is more likely a wrong one than one to export. */
async function ensureRows(store: Store, tables: readonly LakeTable[]): Promise<void> {
  const names = tables.map(({ name }) => name);
  const counts = names.map((name) => `(select count(*) from ${name})`).join(' + ');
  const [row] = await store.rows(`select ${counts} as found`);
  if (Number(row?.['found']) > 0) return;
  throw new UserError(
    'input_missing',
    `'${store.path}' has no rows in ${names.join(', ')}.`,
    "Bring evidence into it with 'mcp-witness ingest', make calls of it with 'mcp-witness correlate', or name another database with --db.",
  );
}

function tell(summary: ExportSummary, { out }: Options, io: Io): void {
  for (const table of summary.tables) io.err(`export: ${textOf(table)}\n`);
  const rows = summary.tables.reduce((sum, table) => sum + table.rows, 0);
  if (summary.wasInterrupted) {
    io.err('export: stopped; files in place are whole, repeat the command for the others\n');
    io.exitCode = ExitCode.interrupted;
  } else if (summary.hasMoved) {
    io.err(
      'export: evidence came or calls were made meanwhile, so that a call may be in two days or in none; repeat the command\n',
    );
    io.exitCode = ExitCode.partial;
  } else if (rows === 0) io.err('export: no row is in these days; nothing was written\n');
  else
    io.err(
      `next, in DuckDB: from read_parquet('${out}/tool_calls/*/*.parquet', hive_partitioning = true)\n`,
    );
}

function textOf({ table, rows, bytes, altered, left, ...days }: ExportedTable): string {
  const said = Object.entries(days)
    .filter(([, count]) => count > 0)
    .map(([fate, count]) => `${grouped(count)} ${count === 1 ? 'day' : 'days'} ${fate}`);
  if (altered > 0) {
    said.push(
      `${grouped(altered)} that ${altered === 1 ? 'was' : 'were'} not what the manifest said made anew`,
    );
  }
  if (left > 0) {
    said.push(
      `${grouped(left)} that the store has no more left as ${left === 1 ? 'it is' : 'they are'}`,
    );
  }
  const files = said.length === 0 ? 'no days' : said.join(', ');
  return `${table} ${grouped(rows)} rows, ${grouped(bytes)} bytes: ${files}`;
}
