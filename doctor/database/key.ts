import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { quoted } from '../azure/lines.ts';
import { type Check, failed, ok, Skipped, warning } from '../check.ts';

export const key: Check = {
  name: 'key',
  area: 'database',
  asks: 'Is the key of hashes and pseudonyms there, is it the one they were made with, and can others read it?',
  async examine(patient) {
    const store = await patient.evidence();
    const given = patient.given.env['MCP_WITNESS_KEY'];
    if (!store.isFile && !given) return NOT_GIVEN;
    const path = `${store.path}.key`;
    const { existingStoreKey } = await import('../../ingest/store-key.ts');
    const { isOtherKey, keyedColumns, namesIn } = await import('../../ingest/keyed-columns.ts');
    const found = existingStoreKey(store.path, given);
    const columns = await keyedColumns(store);
    const names = namesIn(columns);
    const [kept] = await store.rows('select count(*) as batches from ingest_batches');
    if (kept?.['batches'] === 0 && names.length === 0) {
      throw new Skipped('nothing is stored that a key was needed for');
    }
    if (found === undefined && existsSync(path)) {
      return isReadable(path)
        ? failed(`the key ${path} is empty`, {
            mend: 'Put the key back from a copy, or give it in MCP_WITNESS_KEY.',
          })
        : failed(`the key ${path} cannot be read by who runs this`, {
            mend: `sudo chown "$USER" ${quoted(path)} && chmod 600 ${quoted(path)}`,
          });
    }
    if (found === undefined) {
      return failed(
        `the key of this database is gone: there is no ${path}, and no MCP_WITNESS_KEY`,
        {
          why: 'With another one, what is ingested has other hashes of arguments and other pseudonyms than what is stored',
          mend: `Put it back as ${path}, or give it in MCP_WITNESS_KEY.`,
        },
      );
    }
    if (isOtherKey(columns, found)) {
      return failed(
        `the ${names.length > 0 ? 'pseudonyms' : 'hashes'} in this database were made with another key`,
        {
          mend: `Put that key back as ${path}, or give it in MCP_WITNESS_KEY.`,
        },
      );
    }
    const use = names.length > 0 ? `, and for ${names.join(' and ')} as pseudonyms` : '';
    if (given) return ok(`MCP_WITNESS_KEY is the key of hashes${use}`);
    if (platform() !== 'win32' && existsSync(path) && (statSync(path).mode & 0o077) !== 0) {
      return warning(`others can read the key ${path}`, { mend: `chmod 600 ${quoted(path)}` });
    }
    return ok(`${path}, for hashes${use}`);
  },
};

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** A server has no folder in which it could be kept. */
const NOT_GIVEN = warning('MCP_WITNESS_KEY is not set', {
  why: 'Commands that write need it, and whoever is stored as a pseudonym is not found by name without it',
  mend: 'export MCP_WITNESS_KEY=...   # the one of every process that writes to this database',
});
