import type { Store } from '../store/store.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';

/** A command to type next, over the same config and database. */
export function commandLine(
  { program }: Pick<Io, 'program'>,
  command: string,
  { config, db }: CommonOptions,
): string {
  return [
    program,
    command,
    ...(config === undefined ? [] : ['--config', quoted(config)]),
    ...(db === undefined ? [] : ['--db', quoted(db)]),
  ].join(' ');
}

/** How a command names the store: a database of a server is named by the config. */
export function placeOf({ isFile, path }: Store): { readonly db?: string } {
  return isFile ? { db: path } : {};
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
