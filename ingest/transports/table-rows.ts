import { messageOf } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { step } from '../step.ts';
import { type Delivery, linesBatch, unreadable } from './batches.ts';
import { fileBytes, type ReadProblem } from './file-bytes.ts';
import { utf8Chunks } from './text-lines.ts';
import { writeUnpacked } from './unpacked.ts';

/** A CSV or Parquet file, and whether gzip is around it. */
export interface TableFile {
  readonly path: string;
  readonly format: 'csv' | 'parquet';
  readonly isGzip: boolean;
}

const ROWS_PER_BATCH = 32_768;
const CHARACTERS_PER_BATCH = 4 * 1024 * 1024;
/** Byte order marks of UTF-16, which PowerShell writes. */
const UTF16: readonly string[] = ['fffe', 'feff'];

/** CSV and Parquet: DuckDB reads the table, each row becomes JSON text like any other record. */
export async function* tableBatches(
  file: TableFile,
  reader: Store,
  problem: ReadProblem,
): AsyncGenerator<Delivery> {
  try {
    yield* file.format === 'csv'
      ? csvBatches(file, reader, problem)
      : parquetBatches(file, reader, problem);
  } catch (error) {
    problem.reason ??= `not ${file.format === 'csv' ? 'CSV' : 'Parquet'}: ${messageOf(error).split('\n')[0]}`;
  }
}

async function* csvBatches(
  { path, isGzip }: TableFile,
  reader: Store,
  problem: ReadProblem,
): AsyncGenerator<Delivery> {
  await reader.script('drop table if exists csv_errors; drop table if exists csv_scans');
  const compression = isGzip ? 'gzip' : 'none';
  // DuckDB takes gzip that is cut short for whole, and reads none that has other bytes behind it.
  if (isGzip) await drain(fileBytes(path, true, problem));
  if (!problem.hasBytesBehind && !(await isUtf16(path, isGzip))) {
    yield* rowBatches(reader, 'read_csv', { path, compression });
  } else {
    const bytes = utf8Chunks(fileBytes(path, isGzip, problem));
    const unpacked = await writeUnpacked('table.csv', bytes);
    try {
      yield* rowBatches(reader, 'read_csv', { path: unpacked.path, compression: 'none' });
    } finally {
      unpacked.remove();
    }
  }
  for (const { line, error_type: type } of await reader.rows(step('csv_errors'))) {
    const reason = `a CSV line that does not fit its header: ${String(type).toLowerCase()}`;
    yield unreadable(reason, Number(line));
  }
}

/** Parquet is read from its end, so what gzip is around must be unpacked first. */
async function* parquetBatches(
  { path, isGzip }: TableFile,
  reader: Store,
  problem: ReadProblem,
): AsyncGenerator<Delivery> {
  if (!isGzip) return yield* rowBatches(reader, 'read_parquet', { path });
  const unpacked = await writeUnpacked('table.parquet', fileBytes(path, true, problem));
  try {
    yield* rowBatches(reader, 'read_parquet', { path: unpacked.path });
  } finally {
    unpacked.remove();
  }
}

async function isUtf16(path: string, isGzip: boolean): Promise<boolean> {
  for await (const chunk of fileBytes(path, isGzip, {})) {
    return UTF16.includes(chunk.toString('hex', 0, 2));
  }
  return false;
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

async function* rowBatches(
  reader: Store,
  statement: 'read_csv' | 'read_parquet',
  params: Readonly<Record<string, string>>,
): AsyncGenerator<Delivery> {
  let lines: string[] = [];
  let characters = 0;
  let firstNo = 1;
  for await (const chunk of reader.textChunks(step(statement), params)) {
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
  if (lines.length > 0) yield linesBatch(lines, firstNo);
}
