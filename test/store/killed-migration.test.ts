import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { migrationsIn, newestVersion } from '../../store/schema.ts';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';

const migrations = migrationsIn('store/schema');

/** A database as the program of that version has left it; none is version 0. */
async function makeOld(path: string, version: number): Promise<void> {
  if (version === 0) return;
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('create table schema_versions (version integer not null)');
  for (const each of migrations.filter((migration) => migration.version <= version)) {
    await connection.run(readFileSync(each.path, 'utf8'));
    await connection.run(`insert into schema_versions values (${each.version})`);
  }
  await connection.run(
    `insert into ingest_batches by name
     select 1 as batch_id, 'a' as source, 't' as source_table, 2 as received, 1 as stored, 1 as duplicate,
       0 as rejected, 0 as excluded, 0 as sampled, 0 as truncated`,
  );
  connection.closeSync();
  instance.closeSync();
}

test.each([0, ...migrations.map(({ version }) => version)])(
  'a database of version %i that is killed as soon as it was brought up to date opens again',
  async (version) => {
    const folder = temporaryFolder();
    const path = join(folder, 'w.duckdb');
    const killed = join(folder, 'killed.duckdb');
    await makeOld(path, version);

    const store = await Store.openToWrite(path);
    // What lies on the disk now is what a kill leaves.
    copyFileSync(path, killed);
    if (existsSync(`${path}.wal`)) copyFileSync(`${path}.wal`, `${killed}.wal`);
    store.close();

    expect(existsSync(`${killed}.wal`)).toBe(version !== newestVersion());
    using again = await Store.openToRead(killed);
    expect(
      await again.rows('select received, observed_at from ingest_batches order by all'),
    ).toEqual(version === 0 ? [] : [{ received: 2, observed_at: null }]);
    expect(await again.rows('select max(version) as version from schema_versions')).toEqual([
      { version: newestVersion() },
    ]);
  },
);

test('the books must add up in every version', async () => {
  using store = await Store.inMemory();

  await expect(
    store.run(
      `insert into ingest_batches by name
       select 1 as batch_id, 'a' as source, 't' as source_table, 2 as received, 1 as stored, 0 as duplicate,
         0 as rejected, 0 as excluded, 0 as sampled, 0 as truncated`,
    ),
  ).rejects.toThrow(/CHECK constraint/);
});

test('a log that cannot be read back is told of, with the way on', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'w.duckdb');
  const killed = join(folder, 'killed.duckdb');
  await makeOld(path, newestVersion());
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('alter table ingest_batches add column another bigint');
  copyFileSync(path, killed);
  copyFileSync(`${path}.wal`, `${killed}.wal`);
  connection.closeSync();
  instance.closeSync();

  await expect(Store.openToRead(killed)).rejects.toMatchObject({
    code: 'store_unreadable',
    message: expect.stringMatching(/cannot be read back from '.*killed\.duckdb\.wal': /),
    fix: expect.stringMatching(/^Move '.*killed\.duckdb\.wal' away: /),
  });
  rmSync(`${killed}.wal`);
  using again = await Store.openToRead(killed);
  expect(await again.rows('select received from ingest_batches')).toEqual([{ received: 2 }]);
});
