import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyCheckOf } from '../../ingest/pseudonym.ts';
import { MADE_ANEW, MOVED } from '../../store/moving/tables.ts';
import { Store } from '../../store/store.ts';
import { ONLY_IN_DUCKDB } from '../store/only-in-duckdb.ts';
import { ask, hashOf, refused, temporaryFolder } from './fleet.ts';

/** A store with a row in a few tables, and a config whose store is not there yet. */
async function twoPlaces() {
  const folder = temporaryFolder();
  const [db, to] = [join(folder, 'w.duckdb'), join(folder, 'to.yaml')];
  writeFileSync(to, 'store: { engine: duckdb, path: ./other.duckdb }\n');
  writeFileSync(`${db}.key`, 'mine\n');
  using store = await Store.openToWrite(db);
  await store.run(
    `insert into events (event_id, item_no, source_table, source_rank, content_hash, batch_id, record_no, layer, kind, occurred_at, weight, tags, latency_ms)
     select md5(no::varchar)::uuid, 0, 'AppRequests', 1, 18446744073709551615, 1, no, 'server', 'request', timestamptz '2026-11-20 23:59:59.999999Z' + to_hours(no::int), 1, '{"a":[1]}', 0.1 * no
     from range(48) as numbers(no)`,
  );
  await store.run(
    "insert into checkpoints (source, partition_id, position) values ('hub', '0', '42')",
  );
  await store.run('insert into pseudonymised_columns values ($name, $check)', {
    name: 'arguments_hash',
    check: keyCheckOf('mine'),
  });
  const move = (key?: string) =>
    ask(['migrate', '--db', db, '--to', to], {
      env: key === undefined ? {} : { MCP_WITNESS_KEY: key },
    });
  return { folder, db, other: join(folder, 'other.duckdb'), move };
}

test('all rows are in the other place, and the old one is as it was', async () => {
  const { db, other, move } = await twoPlaces();
  const before = hashOf(db);
  // A move that was killed.
  writeFileSync(`${other}.moving`, 'half');

  const { code, out, err } = await move('mine');

  expect({ code, out }, err).toEqual({ code: 0, out: '' });
  expect(err).toMatch(/^migrate: events 48 rows in 3 days\nmigrate: checkpoints 1 rows\n/);
  expect(hashOf(db)).toBe(before);
  using store = await Store.openToRead(other);
  await store.run(`attach '${db}' as before (read_only)`);
  for (const { name } of MOVED) {
    const [row] = await store.rows(
      `select count(*) as other from (from ${name} except all from before.main.${name})`,
    );
    expect([name, row]).toEqual([name, { other: 0 }]);
  }
  expect(await store.rows('select count(*) as events from events')).toEqual([{ events: 48 }]);
});

test('another key, no key, and a place that is taken are refused', async () => {
  const { folder, db, other, move } = await twoPlaces();
  expect(await move('yours')).toEqual(
    refused(
      `MCP_WITNESS_KEY is not the key that '${db}' was written with.`,
      `Give the one that is in '${db}.key'.`,
    ),
  );
  expect(await move()).toEqual(
    refused(
      'MCP_WITNESS_KEY is not set: the hashes of the target have to be made with the key of this store.',
      `Give the key of this store, which is in '${db}.key'.`,
    ),
  );
  expect(existsSync(other)).toBe(false);
  writeFileSync(other, 'mine');
  expect(await move('mine')).toEqual(
    refused(
      `'${other}' is there already: a store is moved to where there is none.`,
      "Name another file in 'store.path' of the config that --to names.",
    ),
  );
  expect(readdirSync(folder).filter((name) => name.includes('.moving'))).toEqual([]);
});

test('of a store from before keys were noted, the key is noted where it comes to', async () => {
  const { db, other, move } = await twoPlaces();
  {
    using store = await Store.openToWrite(db);
    await store.run('delete from pseudonymised_columns');
  }
  expect(await move('yours')).toEqual(
    refused(
      `MCP_WITNESS_KEY is not the key that '${db}' was written with.`,
      `Give the one that is in '${db}.key'.`,
    ),
  );

  expect((await move('mine')).code).toBe(0);

  using store = await Store.openToRead(other);
  expect(await store.rows('from pseudonymised_columns')).toEqual([
    { column_name: 'arguments_hash', key_check: keyCheckOf('mine') },
  ]);
});

test('a key that was emptied is told as by every command, and none that is noted is held against it', async () => {
  const { db, move } = await twoPlaces();
  writeFileSync(`${db}.key`, '');

  const { code, err } = await move();

  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(
      /^error: The store's key '.*' is empty\.\n {2}fix: Put the key back /,
    ),
  });
  expect((await move('mine')).code).toBe(0);
});

test('every table that both engines have is moved, or said to be made anew', async () => {
  using store = await Store.inMemory();
  const tables = await store.rows(
    'select table_name as name from duckdb_tables() where not internal',
  );
  const known = new Set([...MOVED.map(({ name }) => name), ...MADE_ANEW]);
  const others = tables.map(({ name }) => String(name)).filter((name) => !known.has(name));

  expect(others.sort()).toEqual(ONLY_IN_DUCKDB);
});
