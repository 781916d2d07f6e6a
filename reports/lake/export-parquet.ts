import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, systemReason, UserError } from '../../core/errors.ts';
import { makeFolder } from '../../core/make-folder.ts';
import type { Store } from '../../store/store.ts';
import { type DayNo, dayNoOf, dayText, NO_DAY, startOfDayUs } from './days.ts';
import {
  dayOfPath,
  type LakeFile,
  lakePath,
  type Manifest,
  readManifest,
  refuseForeign,
  UNFINISHED,
  writeManifest,
} from './manifest.ts';
import type { LakeTable } from './tables.ts';

export interface ExportOptions {
  readonly folder: string;
  readonly tables: readonly LakeTable[];
  /** Days, whole ones: the first, and the one after the last. All there are when absent. */
  readonly days: { readonly from: number; readonly to: number } | undefined;
  /** Told before each file. */
  readonly onFile?: (path: string, fileNo: number, files: number) => void;
  readonly signal?: AbortSignal;
}

/** What became of the files of one table. */
export interface ExportedTable {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** Days that have a file now and had none, that have another than before, and whose file is as it was. */
  readonly written: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Of those that were replaced: files that were not what the manifest said of them. */
  readonly altered: number;
  /** Days between others of the store that have no rows any more: their files are gone. */
  readonly removed: number;
  /** Days before the first that the store has: their files were left as they are. */
  readonly left: number;
}

export interface ExportSummary {
  readonly tables: readonly ExportedTable[];
  readonly wasInterrupted: boolean;
  /** Calls were made or evidence came while files were written: some are of before, some of after. */
  readonly hasMoved: boolean;
}

interface Day {
  readonly dayNo: DayNo;
  readonly path: string;
}

interface Plan {
  readonly table: LakeTable;
  readonly days: readonly Day[];
  /** Files of before that are to go. */
  readonly removed: readonly string[];
  readonly left: number;
}

/**
 * Writes tables as Parquet files, one a table and UTC day. Each is written beside its place and then put there, so
 * that no half of one is ever seen; the manifest names beforehand what is about to be replaced.
 */
export async function exportParquet(store: Store, options: ExportOptions): Promise<ExportSummary> {
  const { folder, tables, signal } = options;
  const manifest = readManifest(folder);
  for (const { name } of tables) refuseForeign(folder, name, manifest);
  const before = await stateOf(store);
  const plans: Plan[] = [];
  for (const table of tables) plans.push(await planOf(store, table, manifest, options));
  const lake = new Lake(folder, manifest);
  try {
    lake.begin(plans.flatMap(({ days, removed }) => [...days.map(({ path }) => path), ...removed]));
    const total = plans.reduce((sum, { days }) => sum + days.length, 0);
    let fileNo = 0;
    const done: ExportedTable[] = [];
    for (const { table, days, removed, left } of plans) {
      for (const day of days) {
        if (signal?.aborted) break;
        fileNo += 1;
        options.onFile?.(day.path, fileNo, total);
        await lake.put(day.path, (file) => writeDay(store, table, day.dayNo, file));
      }
      if (signal?.aborted) break;
      for (const path of removed) await lake.remove(path);
      done.push({ table: table.name, ...lake.countsOf(table.name), left });
    }
    const wasInterrupted = signal?.aborted === true;
    lake.end(wasInterrupted);
    return { tables: done, wasInterrupted, hasMoved: (await stateOf(store)) !== before };
  } catch (error) {
    // On a disk that is full, these bytes are the first to go.
    rmSync(join(folder, UNFINISHED), { recursive: true, force: true });
    throw writeFailed(folder, error);
  }
}

/** How far evidence and calls are. */
async function stateOf(store: Store): Promise<string> {
  const rows = await store.rows(
    `select (select count(*) from correlation_runs) as runs,
       (select coalesce(max(batch_id), 0) from ingest_batches) as batch_id`,
  );
  return JSON.stringify(rows);
}

async function planOf(
  store: Store,
  table: LakeTable,
  manifest: Manifest,
  { days }: ExportOptions,
): Promise<Plan> {
  const rows = await store.rows(
    `select x_div(x_us(${table.at}), 86400000000) as day_no from ${table.name} group by day_no order by day_no`,
  );
  const dayNos = rows.map(({ day_no: dayNo }) => (dayNo === null ? null : Number(dayNo)));
  const isWanted = (dayNo: DayNo): boolean =>
    days === undefined || (dayNo !== null && dayNo >= days.from && dayNo < days.to);
  const wanted = dayNos
    .filter(isWanted)
    .map((dayNo) => ({ dayNo, path: lakePath(table.name, dayText(dayNo)) }));
  const known = dayNos.filter((dayNo) => dayNo !== null);
  const first = known.length === 0 ? undefined : Math.min(...known);
  const gone = [...Object.keys(manifest.files), ...manifest.pending]
    .filter((path) => path.startsWith(`${table.name}/`) && isWanted(dayNoIn(path)))
    .filter((path) => !wanted.some((day) => day.path === path));
  // What the store has no more because it is older than all it has is kept in the lake: that may be what it is for.
  const isOlder = (path: string): boolean => {
    const dayNo = dayNoIn(path);
    return first === undefined || (dayNo !== null && dayNo < first);
  };
  return {
    table,
    days: wanted,
    removed: [...new Set(gone.filter((path) => !isOlder(path)))],
    left: new Set(gone.filter(isOlder)).size,
  };
}

function dayNoIn(path: string): DayNo {
  const day = dayOfPath(path);
  return day === NO_DAY ? null : dayNoOf(day);
}

async function writeDay(
  store: Store,
  { name, at, order }: LakeTable,
  dayNo: DayNo,
  file: string,
): Promise<number> {
  const range =
    dayNo === null ? undefined : { fromUs: startOfDayUs(dayNo), toUs: startOfDayUs(dayNo + 1) };
  return store.writeParquet(file, { table: name, at, order, range });
}

type Counts = Pick<ExportedTable, 'written' | 'replaced' | 'unchanged' | 'removed'>;

/** A folder of files, and what its manifest says of them. */
class Lake {
  readonly #folder: string;
  readonly #before: Manifest;
  readonly #files: Record<string, LakeFile>;
  readonly #pending: Set<string>;
  readonly #fates = new Map<string, keyof Counts>();
  readonly #altered = new Set<string>();

  constructor(folder: string, before: Manifest) {
    this.#folder = folder;
    this.#before = before;
    this.#files = { ...before.files };
    this.#pending = new Set(before.pending);
  }

  /** Says which files are about to change. */
  begin(paths: readonly string[]): void {
    rmSync(this.#in(UNFINISHED), { recursive: true, force: true });
    mkdirSync(this.#in(UNFINISHED));
    for (const path of paths) this.#pending.add(path);
    this.#note();
  }

  async put(path: string, write: (file: string) => Promise<number>): Promise<void> {
    const unfinished = this.#in(`${UNFINISHED}/rows.parquet`);
    const rows = await write(unfinished);
    if (rows === 0) return rmSync(unfinished, { force: true });
    const now = { rows, bytes: statSync(unfinished).size, sha256: await hashOf(unfinished) };
    const said = this.#before.files[path]?.sha256;
    const found = existsSync(this.#in(path)) ? await hashOf(this.#in(path)) : undefined;
    const isSame = found === now.sha256;
    this.#fates.set(path, isSame ? 'unchanged' : found === undefined ? 'written' : 'replaced');
    if (!isSame && found !== undefined && said !== undefined && found !== said) {
      this.#altered.add(path);
    }
    makeFolder(dirname(this.#in(path)));
    renameSync(unfinished, this.#in(path));
    this.#files[path] = now;
    this.#pending.delete(path);
  }

  async remove(path: string): Promise<void> {
    rmSync(this.#in(path), { force: true });
    await rmdir(dirname(this.#in(path))).catch(() => undefined);
    delete this.#files[path];
    this.#pending.delete(path);
    this.#fates.set(path, 'removed');
  }

  /** What is in place is said to be; where not all of it is, the rest stays pending. */
  end(wasInterrupted: boolean): void {
    if (!wasInterrupted) this.#pending.clear();
    this.#note();
    rmSync(this.#in(UNFINISHED), { recursive: true, force: true });
  }

  countsOf(table: string): Omit<ExportedTable, 'table' | 'left'> {
    const mine = [...this.#fates].filter(([path]) => path.startsWith(`${table}/`));
    const count = (fate: keyof Counts): number => mine.filter(([, each]) => each === fate).length;
    const files = mine.map(([path]) => this.#files[path]).filter((file) => file !== undefined);
    return {
      rows: files.reduce((sum, { rows }) => sum + rows, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      written: count('written'),
      replaced: count('replaced'),
      unchanged: count('unchanged'),
      altered: mine.filter(([path]) => this.#altered.has(path)).length,
      removed: count('removed'),
    };
  }

  #note(): void {
    // Of a file that is about to be replaced, neither the counts of before nor those of after are certain.
    const files = Object.entries(this.#files).filter(([path]) => !this.#pending.has(path));
    writeManifest(this.#folder, {
      schemaVersion: 1,
      pending: [...this.#pending].sort(),
      files: Object.fromEntries(files),
    });
  }

  #in(path: string): string {
    return join(this.#folder, path);
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

/** Trouble with the disk; anything else as it is. */
function writeFailed(folder: string, error: unknown): unknown {
  const message = messageOf(error);
  if (error instanceof UserError || !/^(IO Error|Permission Error|E[A-Z]{3,}:)/.test(message))
    return error;
  return new UserError(
    'output_refused',
    `Cannot write into '${folder}': ${systemReason(error)}.`,
    'Make room, or let this user write there, and repeat the command: files in place are whole, the manifest lists the others as pending.',
    { cause: error },
  );
}
