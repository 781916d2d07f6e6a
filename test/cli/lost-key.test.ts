import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyCheckOf } from '../../ingest/pseudonym.ts';
import { Store } from '../../store/store.ts';
import { ask, type Fleet, hashOf, makeFleet } from './fleet.ts';

/** A fleet, and its commands with some environment. */
async function place() {
  const fleet = await makeFleet();
  const key = `${fleet.db}.key`;
  const asked = (command: string, env: Record<string, string> = {}) =>
    ask([...command.split(' '), '--config', fleet.config], { env });
  return { fleet, key, check: keyCheckOf(readFileSync(key, 'utf8').trim()), asked };
}

async function hashes({ db }: Fleet): Promise<unknown[]> {
  using store = await Store.openToRead(db);
  return await store.rows(
    'select event_id, arguments_hash from events where arguments_hash is not null order by all',
  );
}

/** What writes, and how it ends over this fleet. */
const WRITING = { run: 6, 'ingest all': 8, correlate: 0 };

test('a key that is gone or another one ends what writes, and makes none; questions are answered', async () => {
  const { fleet, key, check, asked } = await place();
  const wayOn = `: with a new one no approval of before would fit its call. If it is lost for good, MCP_WITNESS_LOST_KEY=${check} lets one command take another.\n`;
  const gone = `error: The key of the hashes in '${fleet.db}' is gone: there is no '${key}'.\n  fix: Put it back, or give it in MCP_WITNESS_KEY${wayOn}`;
  const other = `error: The hashes in '${fleet.db}' were made with another key.\n  fix: Put its key back as '${key}', or give it in MCP_WITNESS_KEY${wayOn}`;
  rmSync(key);
  const before = hashOf(fleet.db);

  for (const command of Object.keys(WRITING)) {
    expect(await asked(command)).toEqual({ code: 2, out: '', err: gone });
    expect(await asked(command, { MCP_WITNESS_KEY: 'other' })).toMatchObject({ err: other });
    expect(await asked(command, { MCP_WITNESS_LOST_KEY: 'key-0' })).toMatchObject({ err: gone });
  }
  expect(existsSync(key)).toBe(false);
  expect(hashOf(fleet.db)).toBe(before);
  expect((await asked('timeline')).code).toBe(0);
  writeFileSync(key, 'other\n');
  expect(await asked('run')).toEqual({ code: 2, out: '', err: other });
});

test.each(Object.entries(WRITING))(
  '%s takes another key where one is said to be lost, and goes on with it',
  async (command, code) => {
    const { fleet, key, check, asked } = await place();
    const before = await hashes(fleet);
    rmSync(key);

    const taken = await asked(command, { MCP_WITNESS_LOST_KEY: check });
    const [next, again] = [await asked('run'), await asked('run', { MCP_WITNESS_LOST_KEY: check })];

    const told =
      'key: this database goes on with another one; what was hashed before does not fit what is hashed from now on\n';
    expect(taken.err.startsWith(told)).toBe(true);
    expect(taken.code).toBe(code);
    expect([next.code, again.code]).toEqual([6, 6]);
    expect(next.err + again.err).not.toContain('goes on with another');
    expect(before.length).toBeGreaterThan(0);
    expect((await hashes(fleet)).length).toBe(before.length);
  },
);

test('a key that is lost once more is another loss', async () => {
  const { key, check, asked } = await place();
  rmSync(key);
  await asked('ingest all', { MCP_WITNESS_LOST_KEY: check });
  rmSync(key);

  const { code, err } = await asked('run', { MCP_WITNESS_LOST_KEY: check });

  expect(code).toBe(2);
  expect(err).toMatch(/^error: The key of the hashes in '.*' is gone/);
});

test('a database that was made before its key was noted goes on with the key that it has', async () => {
  const { fleet, check, asked } = await place();
  {
    using store = await Store.openToWrite(fleet.db);
    await store.script('delete from pseudonymised_columns');
  }

  expect((await asked('ingest all')).code).toBe(8);
  using store = await Store.openToRead(join(fleet.folder, 'witness.duckdb'));
  expect(await store.rows('from pseudonymised_columns')).toEqual([
    { column_name: 'arguments_hash', key_check: check },
  ]);
});
