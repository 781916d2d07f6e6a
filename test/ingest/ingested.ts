import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type IngestOptions, type IngestSummary, ingestFiles } from '../../ingest/ingest-files.ts';
import { type Row, Store } from '../../store/store.ts';

/** When every file of a test was last written: resources without a time of their own get it. */
export const OBSERVED_AT = new Date('2026-11-20T00:00:00Z');

const KEY = 'a key of the tests';

export interface Ingested extends Disposable {
  readonly store: Store;
  readonly folder: string;
  /** Ingests what is in the folder, or these names in it. */
  ingest(options?: Partial<IngestOptions>, names?: readonly string[]): Promise<IngestSummary>;
  write(files: Files): void;
}

/** What a folder holds: names and contents. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** An empty store and a folder of its own with these files. */
export async function ingesting(files: Files, open = Store.inMemory): Promise<Ingested> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-test-'));
  const store = await open();
  const write = (more: Files): void => {
    for (const [name, content] of Object.entries(more)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      utimesSync(path, OBSERVED_AT, OBSERVED_AT);
    }
  };
  write(files);
  return {
    store,
    folder,
    write,
    ingest: (options = {}, names) =>
      ingestFiles(store, names?.map((name) => join(folder, name)) ?? [folder], {
        key: KEY,
        ...options,
      }),
    [Symbol.dispose]: () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The events without where they came from: what must not depend on transport or order. */
export async function eventsOf(store: Store): Promise<Row[]> {
  return store.rows('select * exclude (batch_id, record_no) from events order by event_id');
}

/** What was set aside, by file name instead of path. */
export async function rejectsOf(store: Store): Promise<Row[]> {
  return store.rows(
    `select parse_filename(source) as file, * exclude (source, batch_id, record_hash)
     from rejected_records order by file, record_no, record_path, reason`,
  );
}

/** The reasons alone, in order of file and place. */
export async function reasonsOf(store: Store): Promise<string[]> {
  return (await rejectsOf(store)).map(({ reason }) => String(reason));
}

/** One row a line, without what is absent. */
export function jsonLines(rows: readonly Row[]): string {
  return rows
    .map((row) => JSON.stringify(row, (_, value: unknown) => (value === null ? undefined : value)))
    .map((line) => `${line}\n`)
    .join('');
}
