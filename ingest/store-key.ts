import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { systemReason, UserError } from '../core/errors.ts';

/** The key that a store has, for questions: none is made; undefined: nothing in it is keyed. */
export function existingStoreKey(
  databasePath: string,
  given: string | undefined,
): string | undefined {
  if (given !== undefined && given !== '') return given;
  try {
    return readFileSync(`${databasePath}.key`, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The key of a store's hashes and pseudonyms: given, or kept in `<database>.key` (mode 0600), made
 * at first use. Who has the database but not the key cannot guess what was hashed.
 */
export function storeKey(databasePath: string, given: string | undefined): string {
  if (given !== undefined && given !== '') return given;
  if (databasePath === ':memory:') return randomBytes(32).toString('hex');
  return keptKey(databasePath) ?? makeStoreKey(databasePath);
}

/** The keys that there are for a store. */
export interface FoundKeys {
  readonly given: string | undefined;
  /** The one beside it. */
  readonly kept: string | undefined;
}

/** The key that is given, and the one beside a database. UserError: none is given, and that one cannot be read, or is empty. */
export function foundKeys(databasePath: string, fromOutside: string | undefined): FoundKeys {
  const given = fromOutside || undefined;
  const kept =
    given === undefined ? keptKey(databasePath) : existingStoreKey(databasePath, undefined);
  return { given, kept };
}

/** The key beside a database; undefined: there is none. UserError: it cannot be read, or is empty. */
function keptKey(databasePath: string): string | undefined {
  const path = `${databasePath}.key`;
  return existsSync(path) ? readKey(path) : undefined;
}

/** Makes a key beside a database; where another process was faster, it is its key. */
export function makeStoreKey(databasePath: string): string {
  const path = `${databasePath}.key`;
  makeKey(path);
  return readKey(path);
}

function makeKey(path: string): void {
  try {
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new UserError(
      'input_missing',
      `Cannot make the store's key '${path}': ${systemReason(error)}.`,
      'Make room, or let this user write there, or give the key in MCP_WITNESS_KEY.',
      { cause: error },
    );
  }
}

/** A key that lost its content is none: what is hashed with it could be guessed, and is not what was hashed before. */
function readKey(path: string): string {
  let key: string;
  try {
    key = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new UserError(
      'input_missing',
      `Cannot read the store's key '${path}': ${systemReason(error)}.`,
      'Make it readable, or give the key in MCP_WITNESS_KEY.',
      { cause: error },
    );
  }
  if (key !== '') return key;
  throw new UserError(
    'input_invalid',
    `The store's key '${path}' is empty.`,
    'Put the key back from a copy, or give it in MCP_WITNESS_KEY: with another one, what is hashed from now on no longer fits what is stored.',
  );
}
