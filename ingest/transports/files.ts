import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { systemReason, UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { BodyForm } from '../event-hubs/body.ts';
import { type Delivery, unreadable } from './batches.ts';
import { capturedBatches } from './captured-events.ts';
import { fileBytes, type ReadProblem } from './file-bytes.ts';
import { tableBatches } from './table-rows.ts';
import { jsonBatches } from './text-lines.ts';

export type FileFormat = 'json' | 'csv' | 'parquet' | 'avro';

/** A file to read; its bytes decide whether it is gzip, its name decides the format. */
export interface TelemetryFile {
  readonly path: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly modifiedAt: string;
}

export interface FoundFiles {
  readonly files: readonly TelemetryFile[];
  /** What else is in a folder: files whose names say that they are something else, links that lead nowhere, pipes. */
  readonly ignored: readonly string[];
}

const FORMAT: Readonly<Record<string, FileFormat>> = {
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  csv: 'csv',
  parquet: 'parquet',
  avro: 'avro',
};

const EXTENSION = /\.(json|ndjson|jsonl|csv|parquet|avro)(?:\.gz)?$/i;

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
  const isPattern = !stat && /[*?[\]{}]/.test(path);
  const files = stat?.isDirectory()
    ? filesBelow(path)
    : isPattern
      ? await glob(path.split(sep).join('/'), {
          dot: false,
          onlyFiles: true,
          expandDirectories: false,
        })
      : [];
  if (files.length > 0) return files;
  const folder = isPattern ? folderOf(path) : path;
  const isEmptyFolder = statOf(folder)?.isDirectory() && filesBelow(folder).length === 0;
  throw new UserError(
    isEmptyFolder ? 'files_not_yet' : 'files_missing',
    stat || isPattern ? `No file is at '${path}'.` : `There is no file or folder '${path}'.`,
    'Check the path; quote a pattern so that mcp-witness sees it.',
  );
}

/** The folder in which a pattern looks, and below. */
function folderOf(pattern: string): string {
  return dirname(`${pattern.slice(0, pattern.search(/[*?[\]{}]/))}_`);
}

/**
 * The files of a folder and of those inside it, through links too, each folder once. Names that
 * begin with a dot are left out. A folder that cannot be read is an error, not nothing.
 */
function filesBelow(folder: string, seen = new Set<string>()): string[] {
  try {
    const real = realpathSync(folder);
    if (seen.has(real)) return [];
    seen.add(real);
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .flatMap((name) => {
        const path = join(folder, name);
        return statOf(path)?.isDirectory() ? filesBelow(path, seen) : [path];
      });
  } catch (error) {
    throw error instanceof UserError ? error : unreadableFile(folder, error);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A link that leads to itself leads nowhere.
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw unreadableFile(path, error);
  }
}

function unreadableFile(path: string, cause: unknown): UserError {
  return new UserError(
    'input_invalid',
    `Cannot read '${path}': ${systemReason(cause)}.`,
    'Give the process permission to read it, or leave it out.',
    { cause },
  );
}

function notTelemetry(path: string): UserError {
  return new UserError(
    'input_invalid',
    `'${path}' does not say by its name what it is.`,
    'Rename it to .json, .ndjson, .jsonl, .csv, .parquet or .avro, each also with .gz.',
  );
}

function describe(path: string): TelemetryFile | undefined {
  const extension = EXTENSION.exec(path)?.[1]?.toLowerCase();
  const format = FORMAT[extension ?? ''];
  if (!format) return undefined;
  const stat = statOf(path);
  // A link that leads nowhere, or a pipe.
  if (!stat?.isFile()) return undefined;
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

/** Whether the first two bytes are gzip's. */
function isGzipData(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(2);
    return head.toString('hex', 0, readSync(file, head, 0, 2, 0)) === GZIP;
  } finally {
    closeSync(file);
  }
}

/** The records of a file as batches of JSON text, and what of it could not be read. */
export async function* readFile(
  file: TelemetryFile,
  form: BodyForm,
  reader: Store,
): AsyncGenerator<Delivery> {
  const problem: ReadProblem = {};
  const { path, format, bytes } = file;
  const isGzip = isGzipData(path);
  if (bytes === 0) {
    problem.reason = 'an empty file';
  } else if (!isGzip && path.toLowerCase().endsWith('.gz')) {
    problem.reason = 'its name ends in .gz, but it is not gzip data';
  } else if (format === 'json') {
    yield* jsonBatches(fileBytes(path, isGzip, problem));
  } else if (format === 'avro') {
    yield* capturedBatches({ path, isGzip }, form, problem);
  } else {
    yield* tableBatches({ path, format, isGzip }, reader, problem);
  }
  if (problem.reason !== undefined) yield unreadable(problem.reason, 0, bytes);
}
