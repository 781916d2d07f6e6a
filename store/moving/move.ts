import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Claimant } from '../lease.ts';
import { inPassingFolder } from '../passing-folder.ts';
import { quoted } from '../shared-file.ts';
import { Store } from '../store.ts';
import { MOVED, type MovedTable } from './tables.ts';

/** Rows of a table: those of a day, since 1970, or all of them. */
export interface Chunk {
  readonly table: MovedTable;
  readonly dayNo: number | undefined;
}

/** Writes rows to a Parquet file, and says how many. */
export type WriteChunk = (chunk: Chunk, file: string) => Promise<number>;

/** Where a store is moved to. Nobody takes it for a store before `finish`. */
export interface Destination {
  /** What is in it, as it is read back. */
  readonly store: Store;
  /** An earlier move was killed: some of it may be there. */
  readonly isResumed: boolean;
  /** Tables whose rows can only be replaced all at once. */
  readonly isWhole: (table: MovedTable) => boolean;
  /** Puts rows in the place of what it has of these chunks. */
  readonly fill: (
    table: MovedTable,
    chunks: readonly Chunk[],
    write: WriteChunk,
    folder: string,
  ) => Promise<void>;
  readonly finish: () => Promise<void>;
}

/** What was moved of a table. */
export interface Moved {
  readonly table: string;
  readonly rows: number;
  readonly chunks: number;
  /** Of the chunks, how many were there since a move that was killed. */
  readonly found: number;
}

interface Content {
  readonly rows: number;
  readonly hash: string;
}

/**
 * Moves a store to another engine, table by table and day by day. What arrived is read back, and compared by count and by a hash of
 * all its cells; only then the next is moved.
 */
export async function moveStore(
  source: Store,
  destination: Destination,
  self: Claimant,
  onTable: (table: string, no: number, tables: number) => void,
): Promise<Moved[]> {
  using near = await Store.inMemory({});
  return await inPassingFolder(self, async (folder) => {
    const mover = new Mover(source, destination, near, folder);
    const before = await stateOf(source);
    const moved: Moved[] = [];
    for (const [index, table] of MOVED.entries()) {
      onTable(table.name, index + 1, MOVED.length);
      moved.push(await mover.move(table));
    }
    if ((await stateOf(source)) !== before) throw hasChanged(source);
    await destination.finish();
    return moved;
  });
}

class Mover {
  readonly #source: Store;
  readonly #destination: Destination;
  readonly #near: Store;
  readonly #folder: string;

  constructor(source: Store, destination: Destination, near: Store, folder: string) {
    this.#source = source;
    this.#destination = destination;
    this.#near = near;
    this.#folder = folder;
  }

  async move(table: MovedTable): Promise<Moved> {
    const chunks = await this.#chunksOf(table);
    const sent = new Map<Chunk, Content>();
    const open: Chunk[] = [];
    for (const chunk of chunks) {
      const isThere = this.#destination.isResumed && (await this.#isThere(chunk, sent));
      if (!isThere) open.push(chunk);
    }
    if (open.length > 0) {
      const isWhole = this.#destination.isWhole(table);
      const write: WriteChunk = async (chunk, file) => {
        const rows = await writeChunk(this.#source, chunk, file);
        sent.set(chunk, await this.#contentOf(file, chunk, rows));
        return rows;
      };
      await this.#destination.fill(table, isWhole ? chunks : open, write, this.#folder);
      for (const chunk of isWhole ? chunks : open) await this.#check(chunk, sent.get(chunk));
    }
    const rows = [...sent.values()].reduce((sum, content) => sum + content.rows, 0);
    return { table: table.name, rows, chunks: chunks.length, found: chunks.length - open.length };
  }

  /** The days that either side has rows of. */
  async #chunksOf(table: MovedTable): Promise<Chunk[]> {
    const { at } = table;
    if (at === undefined) return [{ table, dayNo: undefined }];
    const sql = `select x_div(x_us(${at}), 86400000000) as day_no from ${table.name} group by day_no`;
    const rows = [...(await this.#source.rows(sql)), ...(await this.#destination.store.rows(sql))];
    const days = [...new Set(rows.map(({ day_no: dayNo }) => Number(dayNo)))];
    return days.sort((a, b) => a - b).map((dayNo) => ({ table, dayNo }));
  }

  async #isThere(chunk: Chunk, sent: Map<Chunk, Content>): Promise<boolean> {
    const there = await this.#read(this.#source, chunk);
    if (!isSame(there, await this.#read(this.#destination.store, chunk))) return false;
    sent.set(chunk, there);
    return true;
  }

  async #check(chunk: Chunk, sent: Content | undefined): Promise<void> {
    const arrived = await this.#read(this.#destination.store, chunk);
    if (sent !== undefined && isSame(sent, arrived)) return;
    const day =
      chunk.dayNo === undefined
        ? ''
        : ` of ${new Date(chunk.dayNo * 86_400_000).toISOString().slice(0, 10)}`;
    throw new UserError(
      'store_unreadable',
      `Of '${chunk.table.name}'${day} ${sent?.rows ?? 0} rows were sent and ${arrived.rows} are there, or they differ.`,
      'Repeat the command; if it says the same again, report it. Nobody can take what is there for a whole store.',
    );
  }

  async #read(store: Store, chunk: Chunk): Promise<Content> {
    const file = join(this.#folder, 'read-back.parquet');
    const rows = await writeChunk(store, chunk, file);
    return this.#contentOf(file, chunk, rows);
  }

  /** All cells of all rows, whatever their order. Both sides are hashed by the same engine, from the same types. */
  async #contentOf(file: string, { table }: Chunk, rows: number): Promise<Content> {
    const columns = await this.#near.rows(
      `select column_name as name from (describe ${table.name}) order by name`,
    );
    const names = columns.map(({ name }) => `cast("${name}" as varchar)`).join(', ');
    const [row] = await this.#near.rows(
      `select coalesce(sum(hash(${names})::hugeint), 0)::varchar || ' ' || coalesce(bit_xor(hash(${names}, 1)), 0)::varchar as hash
       from read_parquet($file)`,
      { file },
    );
    return { rows, hash: String(row?.['hash']) };
  }
}

const isSame = (a: Content, b: Content): boolean => a.rows === b.rows && a.hash === b.hash;

const DAY_US = 86_400_000_000;

function writeChunk(store: Store, { table, dayNo }: Chunk, file: string): Promise<number> {
  const range =
    dayNo === undefined ? undefined : { fromUs: dayNo * DAY_US, toUs: (dayNo + 1) * DAY_US };
  // Without a time all rows are those without one.
  return store.writeParquet(file, { table: table.name, at: table.at ?? 'null', order: '1', range });
}

async function stateOf(store: Store): Promise<string> {
  const rows = await store.rows(
    `select (select count(*) from correlation_runs) as runs,
       (select coalesce(max(batch_id), 0) from ingest_batches) as batch_id,
       (select count(*) from retention_runs) as removals`,
  );
  return JSON.stringify(rows);
}

function hasChanged({ path }: Store): UserError {
  return new UserError(
    'store_busy',
    `Evidence came into '${path}', or calls were made of it, while it was moved.`,
    'Stop what writes to it and repeat the command: what is there already is kept where it is the same.',
  );
}

/** Copies a Parquet file with the ids and texts that another engine takes, and with a column in front. */
export async function writtenFor(
  near: Store,
  file: string,
  {
    table,
    extra = '',
    into,
  }: { readonly table: string; readonly extra?: string; readonly into: string },
): Promise<void> {
  const columns = await near.rows(
    `select column_name as name, column_type as type from (describe ${table})`,
  );
  const cast = columns.map(({ name, type }) =>
    type === 'UUID' || type === 'JSON' ? `cast("${name}" as varchar) as "${name}"` : `"${name}"`,
  );
  await near.run(
    `copy (select ${extra}${cast.join(', ')} from read_parquet(${quoted(file)})) to ${quoted(into)} (format parquet, compression zstd)`,
  );
}
