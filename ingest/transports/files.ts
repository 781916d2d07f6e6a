import {
  closeSync,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { glob } from 'tinyglobby';
import { messageOf, UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { type Delivery, linesBatch, unreadable } from './batches.ts';
import { fileBytes, type ReadProblem } from './file-bytes.ts';
import { jsonBatches, utf8Chunks } from './text-lines.ts';

export type FileFormat = 'json' | 'csv' | 'parquet';

/** A file to read; its bytes decide whether it is gzip, its name decides the format. */
export interface TelemetryFile {
  readonly path: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly modifiedAt: string;
}

export interface FoundFiles {
  readonly files: readonly TelemetryFile[];
  /** Files of a folder whose names say that they are something else, such as notes. */
  readonly ignored: readonly string[];
}

const FORMAT: Readonly<Record<string, FileFormat>> = {
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  csv: 'csv',
  parquet: 'parquet',
};

const EXTENSION = /\.(json|ndjson|jsonl|csv|parquet)(?:\.gz)?$/i;

/** Files, folders and globs as files, each once, in a fixed order. A path that gives nothing is an error. */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found = new Map<string, TelemetryFile>();
  const ignored = new Set<string>();
  for (const path of paths) {
    const listed = await expand(path);
    for (const file of listed.sort()) {
      const telemetry = describe(file);
      if (telemetry) found.set(resolve(file), telemetry);
      else if (listed.length === 1 && listed[0] === path) throw notTelemetry(path);
      else ignored.add(file);
    }
  }
  const files = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, ignored: [...ignored].sort() };
}

async function expand(path: string): Promise<string[]> {
  const stat = statOf(path);
  if (stat?.isFile()) return [path];
  const pattern = stat?.isDirectory() ? '**/*' : path.split(sep).join('/');
  const options = stat?.isDirectory() ? { cwd: path } : {};
  const isPattern = stat?.isDirectory() === true || /[*?[\]{}]/.test(path);
  const found = isPattern
    ? await glob(pattern, {
        ...options,
        dot: false,
        onlyFiles: true,
        followSymbolicLinks: false,
        expandDirectories: false,
      })
    : [];
  const files = stat?.isDirectory() ? found.map((name) => join(path, name)) : found;
  if (files.length > 0) return files;
  throw new UserError(
    'input_missing',
    isPattern ? `No file is at '${path}'.` : `There is no file or folder '${path}'.`,
    'Check the path; quote a pattern so that mcp-witness sees it.',
  );
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

function unreadableFile(path: string, cause: unknown): UserError {
  return new UserError(
    'input_missing',
    `Cannot read '${path}': ${messageOf(cause)}`,
    'Give the process permission to read it, or leave it out.',
    { cause },
  );
}

function notTelemetry(path: string): UserError {
  return new UserError(
    'input_invalid',
    `'${path}' does not say by its name what it is.`,
    'Rename it to .json, .ndjson, .jsonl, .csv or .parquet, each also with .gz.',
  );
}

function describe(path: string): TelemetryFile | undefined {
  const extension = EXTENSION.exec(path)?.[1]?.toLowerCase();
  const format = FORMAT[extension ?? ''];
  if (!format) return undefined;
  const stat = statSync(path);
  return { path, format, bytes: stat.size, modifiedAt: stat.mtime.toISOString() };
}

/** Refuses, before anything is stored, what the process may not read. */
export function ensureReadable(file: TelemetryFile): void {
  try {
    closeSync(openSync(file.path, 'r'));
  } catch (error) {
    throw unreadableFile(file.path, error);
  }
}

const GZIP = '1f8b';
/** Byte order marks of UTF-16, which PowerShell writes. */
const UTF16: readonly string[] = ['fffe', 'feff'];

/** The first two bytes, in hex. */
function headOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(2);
    return head.toString('hex', 0, readSync(file, head, 0, 2, 0));
  } finally {
    closeSync(file);
  }
}

/** The records of a file as batches of JSON text, and what of it could not be read. */
export async function* readFile(file: TelemetryFile, reader: Store): AsyncGenerator<Delivery> {
  const problem: ReadProblem = {};
  const head = headOf(file.path);
  const gzip = head === GZIP;
  if (gzip || !file.path.toLowerCase().endsWith('.gz')) {
    if (file.format === 'json') yield* jsonBatches(fileBytes(file.path, gzip, problem));
    else
      yield* tableBatches(file, { gzip, isForeign: gzip || UTF16.includes(head) }, reader, problem);
  } else problem.reason = 'its name ends in .gz, but it is not gzip data';
  if (problem.reason !== undefined) yield unreadable(problem.reason, 0, file.bytes);
}

/** CSV and Parquet: DuckDB reads the table, each row becomes JSON text like any other record. */
async function* tableBatches(
  file: TelemetryFile,
  { gzip, isForeign }: { readonly gzip: boolean; readonly isForeign: boolean },
  reader: Store,
  problem: ReadProblem,
): AsyncGenerator<Delivery> {
  if (file.bytes === 0) {
    if (file.format === 'parquet') problem.reason = 'an empty file is not Parquet';
    return;
  }
  const unpacked = isForeign ? await unpack(file, gzip, problem) : undefined;
  try {
    yield* rowsAsText(unpacked?.path ?? file.path, file.format, reader);
  } catch (error) {
    problem.reason ??= `not ${file.format === 'csv' ? 'CSV' : 'Parquet'}: ${messageOf(error).split('\n')[0]}`;
  } finally {
    unpacked?.remove();
  }
}

const ROWS_PER_BATCH = 32_768;
const CHARACTERS_PER_BATCH = 4 * 1024 * 1024;

async function* rowsAsText(
  path: string,
  format: 'csv' | 'parquet' | FileFormat,
  reader: Store,
): AsyncGenerator<Delivery> {
  await reader.script(DROP_CSV_ERRORS);
  let lines: string[] = [];
  let characters = 0;
  let firstNo = 1;
  for await (const chunk of reader.textChunks(format === 'csv' ? READ_CSV : READ_PARQUET, {
    path,
  })) {
    for (const line of chunk) {
      lines.push(line ?? '');
      characters += line?.length ?? 0;
    }
    if (lines.length < ROWS_PER_BATCH && characters < CHARACTERS_PER_BATCH) continue;
    yield linesBatch(lines, firstNo);
    firstNo += lines.length;
    lines = [];
    characters = 0;
  }
  if (lines.length > 0) {
    yield linesBatch(lines, firstNo);
  }
  if (format === 'csv') yield* csvErrors(reader);
}

/** The lines that DuckDB could not read as rows of the table. */
async function* csvErrors(reader: Store): AsyncGenerator<Delivery> {
  const errors = await reader.rows(
    'select line, any_value(error_type) as error_type, any_value(byte_position) as position from csv_errors group by line order by line',
  );
  for (const { line, error_type: type } of errors) {
    yield unreadable(
      `a CSV line that does not fit its header: ${String(type).toLowerCase()}`,
      Number(line),
    );
  }
}

const DROP_CSV_ERRORS = 'drop table if exists csv_errors; drop table if exists csv_scans';
// The portal writes 'TimeGenerated [UTC]'; the column is TimeGenerated, and UTC is what is assumed.
const READ_CSV = `select replace(cast(to_json(t) as varchar), ' [UTC]":', '":') as body from read_csv($path, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', strict_mode = false, max_line_size = 16777216, parallel = false, store_rejects = true, rejects_table = 'csv_errors', rejects_scan = 'csv_scans') as t`;
const READ_PARQUET = 'select cast(to_json(t) as varchar) as body from read_parquet($path) as t';

/**
 * DuckDB reads a table from a file, in UTF-8. What is packed or written otherwise gets one of its
 * own: private to this user, gone when it was read.
 */
async function unpack(
  { path, format }: TelemetryFile,
  gzip: boolean,
  problem: ReadProblem,
): Promise<{ path: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-'));
  const target = join(folder, `table.${format}`);
  const bytes = fileBytes(path, gzip, problem);
  await pipeline(
    format === 'csv' ? utf8Chunks(bytes) : bytes,
    createWriteStream(target, { mode: 0o600 }),
  );
  return { path: target, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
