import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf, systemReason, UserError } from '../core/errors.ts';
import { parseSqlFile } from '../store/sql-file.ts';
import { recognitionsOf, type Source } from './sources.ts';
import { step } from './step.ts';

/** How the name of a user's own source begins. */
export const OWN = 'own:';

/** A user's own source file, for records that none of ours reads. */
export interface Mapping extends Source {
  /** Its header says `reads: lines`: text that is not JSON comes as `{"line": "…"}`. */
  readonly readsLines: boolean;
}

/** Reads a user's own source file. UserError: it is not there, or has no `source:` line. */
export function readMapping(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'config_invalid',
      `Cannot read the source file '${path}': ${systemReason(error)}.`,
      "Correct 'mapping' in the config, or give the process permission to read the file.",
      { cause: error },
    );
  }
  const file = parseSqlFile(path, text);
  const table = file.header['source'];
  if (table === undefined) {
    throw new UserError(
      'config_invalid',
      `${path}: the header has no line '-- source: NAME'.`,
      'Name the table that the records are from; docs/event-hubs.md shows a whole source file.',
    );
  }
  const readsLines = file.header['reads'] === 'lines';
  const stem = `${OWN}${basename(path, '.sql')}`;
  const sql = `with own as (${file.sql}) ${step('own_given')}`;
  return { stem, table, file: { ...file, sql }, recognitions: recognitionsOf(text), readsLines };
}

/** What is wrong with a user's source file, as the engine says it. */
export function mappingFailed({ file }: Source, cause: unknown): UserError {
  return new UserError(
    'config_invalid',
    `${file.path}: ${messageOf(cause).split('\n')[0]}`,
    'Correct the statement; docs/event-hubs.md shows which columns it reads and gives.',
    { cause },
  );
}
