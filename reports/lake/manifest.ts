import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';

/** Readers of folders of Parquet pass over names that begin so. */
export const MANIFEST = '_manifest.json';
/** Files on their way; what a process that was killed has left there is removed by the next. */
export const UNFINISHED = '_unfinished';

export interface LakeFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What an export has put into its folder: by the path of each file, what is in it. */
export interface Manifest {
  readonly schemaVersion: 1;
  /** Files that are being replaced, one by one; empty: what is listed is all there, and whole. */
  readonly pending: readonly string[];
  readonly files: Readonly<Record<string, LakeFile>>;
}

const EMPTY: Manifest = { schemaVersion: 1, pending: [], files: {} };

/** 'tool_calls/day=2026-11-21/tool_calls.parquet'. */
export function lakePath(table: string, day: string): string {
  return `${table}/day=${day}/${table}.parquet`;
}

/** The day that a path of `lakePath` names. */
export function dayOfPath(path: string): string {
  return path.split('/')[1]?.slice('day='.length) ?? '';
}

/** What is in a folder of ours. Refuses a folder that somebody else has put something into. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) {
    const [other] = readdirSync(folder).filter((name) => !name.startsWith('.'));
    if (other === undefined) return EMPTY;
    throw new UserError(
      'output_refused',
      `'${folder}' holds '${other}', and no ${MANIFEST} says that an export made it.`,
      'Name an empty folder, or one that does not exist yet, with --out.',
    );
  }
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    if (manifest.schemaVersion !== 1 || typeof manifest.files !== 'object') {
      throw new Error(`its schemaVersion is ${manifest.schemaVersion}, not 1`);
    }
    return manifest;
  } catch (error) {
    throw new UserError(
      'output_refused',
      `'${path}' is not what this mcp-witness wrote: ${messageOf(error)}`,
      'Name another folder with --out; this one was left as it is.',
      { cause: error },
    );
  }
}

/** Puts a manifest in the place of the one before, whole. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const files = Object.fromEntries(
    Object.entries(manifest.files).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const unfinished = join(folder, UNFINISHED, MANIFEST);
  writeFileSync(unfinished, `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
  renameSync(unfinished, join(folder, MANIFEST));
}

/** Refuses a table's folder in which is what no export has put there: whoever reads it would read that too. */
export function refuseForeign(folder: string, table: string, manifest: Manifest): void {
  const ours = new Set([...Object.keys(manifest.files), ...manifest.pending]);
  for (const path of pathsIn(folder, table)) {
    if (ours.has(path)) continue;
    throw new UserError(
      'output_refused',
      `'${join(folder, path)}' was not written by an export: ${MANIFEST} does not list it.`,
      'Move it away, or name another folder with --out; nothing was written.',
    );
  }
}

/** Everything below the folder of a table, two levels deep; what begins with a dot or a line is nobody's rows. */
function pathsIn(folder: string, table: string): string[] {
  const top = statSync(join(folder, table), { throwIfNoEntry: false });
  if (top === undefined) return [];
  if (!top.isDirectory()) return [table];
  return namesIn(join(folder, table)).flatMap((day) => {
    const path = `${table}/${day}`;
    if (!statSync(join(folder, path)).isDirectory()) return [path];
    return namesIn(join(folder, path)).map((name) => `${path}/${name}`);
  });
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !/^[._]/.test(name));
}
