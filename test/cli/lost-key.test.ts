import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyCheckOf } from '../../ingest/pseudonym.ts';
import { Store } from '../../store/store.ts';
import { ask, hashOf, temporaryFolder } from './fleet.ts';

const DECISION = {
  Type: 'AppEvents',
  TimeGenerated: '2026-11-20T10:00:00Z',
  Name: 'mcp.approval',
  Properties: { approval_id: 'a', approval_result: 'approved', arguments: '{"id":7}' },
};

/** A database with one hashed argument, and the commands over it with some environment. */
async function place() {
  const folder = temporaryFolder();
  const [db, config] = [join(folder, 'w.duckdb'), join(folder, 'mcp-witness.yaml')];
  writeFileSync(join(folder, 'decision.ndjson'), JSON.stringify(DECISION));
  writeFileSync(
    config,
    'store: { path: ./w.duckdb }\nsources: [{ name: a, kind: files, paths: [./decision.ndjson] }]\n',
  );
  const asked = (command: string, env: Record<string, string> = {}) =>
    ask([...command.split(' '), '--config', config], { env });
  await asked('ingest all');
  const key = `${db}.key`;
  return { db, key, check: keyCheckOf(readFileSync(key, 'utf8').trim()), asked };
}

const WRITING = ['ingest all', 'correlate', 'run'];

const TOLD =
  'key: this database goes on with another one; what was hashed before does not fit what is hashed from now on\n';

test('a key that is gone or another one ends what writes, and makes none; questions are answered', async () => {
  const { db, key, check, asked } = await place();
  const wayOn = `: with a new one no approval of before would fit its call, and no agent with an e-mail address as its id itself. If it is lost for good, MCP_WITNESS_LOST_KEY=${check} lets one command take another.\n`;
  const gone = `error: The key of the hashes in '${db}' is gone: there is no '${key}'.\n  fix: Put it back, or give it in MCP_WITNESS_KEY${wayOn}`;
  const other = `error: The hashes in '${db}' were made with another key.\n  fix: Put its key back as '${key}', or give it in MCP_WITNESS_KEY${wayOn}`;
  rmSync(key);
  const before = hashOf(db);

  for (const command of WRITING) {
    expect(await asked(command)).toEqual({ code: 2, out: '', err: gone });
    expect(await asked(command, { MCP_WITNESS_KEY: 'other' })).toMatchObject({ err: other });
    expect(await asked(command, { MCP_WITNESS_LOST_KEY: 'key-0' })).toMatchObject({ err: gone });
  }
  expect(existsSync(key)).toBe(false);
  expect(hashOf(db)).toBe(before);
  expect((await asked('timeline')).code).toBe(0);
  writeFileSync(key, 'other\n');
  expect(await asked('ingest all')).toEqual({ code: 2, out: '', err: other });
});

test.each(WRITING)(
  '%s takes another key where one is said to be lost, and goes on with it',
  async (command) => {
    const { key, check, asked } = await place();
    rmSync(key);

    const taken = await asked(command, { MCP_WITNESS_LOST_KEY: check });
    const again = await asked('ingest all', { MCP_WITNESS_LOST_KEY: check });
    rmSync(key);
    const lostAgain = await asked('ingest all', { MCP_WITNESS_LOST_KEY: check });

    expect(taken.err.startsWith(TOLD), taken.err).toBe(true);
    expect(again).toMatchObject({ code: 0, err: expect.not.stringContaining(TOLD) });
    // What is lost once more is another loss.
    expect(lostAgain.err).toMatch(/^error: The key of the hashes in '.*' is gone/);
  },
);

describe('a database that was made before its key was noted', () => {
  async function unnoted() {
    const made = await place();
    using store = await Store.openToWrite(made.db);
    await store.script('delete from pseudonymised_columns');
    return made;
  }

  test('goes on with the key that it has', async () => {
    const { db, check, asked } = await unnoted();

    expect((await asked('ingest all')).code).toBe(0);
    using store = await Store.openToRead(db);
    expect(await store.rows('from pseudonymised_columns')).toEqual([
      { column_name: 'arguments_hash', key_check: check },
    ]);
  });

  test('takes no other beside the one that it has', async () => {
    const { db, asked } = await unnoted();

    const { code, err } = await asked('ingest all', { MCP_WITNESS_KEY: 'other' });

    expect(code).toBe(2);
    expect(err).toContain(`The hashes in '${db}' were made with another key.`);
  });

  test('makes none in the place of one that is gone, unless that is said', async () => {
    const { key, asked } = await unnoted();
    rmSync(key);

    const refused = await asked('ingest all');
    const taken = await asked('ingest all', { MCP_WITNESS_LOST_KEY: 'unknown' });

    expect(refused.err).toMatch(/ is gone: .*MCP_WITNESS_LOST_KEY=unknown lets one command/s);
    expect(taken).toMatchObject({ code: 0, err: expect.stringContaining(TOLD) });
  });
});

test('a database in which nothing was stored takes any key', async () => {
  const { db, key, asked } = await place();
  {
    using store = await Store.openToWrite(db);
    await store.script('delete from ingest_batches; delete from events');
  }
  rmSync(key);

  const { code, err } = await asked('ingest all', { MCP_WITNESS_KEY: 'other' });

  expect({ code, told: err.includes(TOLD) }).toEqual({ code: 0, told: false });
});
