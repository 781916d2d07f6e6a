import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Claimant } from '../../store/lease.ts';
import { ownPath } from '../../store/own-files.ts';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';

const self: Claimant = { pid: process.pid, isRunning };

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The number of a process that is gone. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test.each(['openToWrite', 'openToAdd'] as const)(
  '%s removes what killed processes have left, and nothing that somebody has',
  async (open) => {
    const folder = temporaryFolder();
    const db = join(folder, 'w.duckdb');
    (await Store.openToWrite(db)).close();
    const dead = { ...self, pid: deadPid() };
    const copy = ownPath(db, 'copy', dead);
    const spilled = ownPath(db, 'tmp', dead);
    writeFileSync(copy, 'half a copy');
    mkdirSync(spilled);
    writeFileSync(join(spilled, 'duckdb_temp_storage-0.tmp'), 'rows');
    const others = [
      ownPath(db, 'copy', self),
      ownPath(join(folder, 'other.duckdb'), 'copy', dead),
      copy.replace(`${hostname()}-`, 'elsewhere-'),
      `${db}.mine.copy`,
    ];
    for (const path of others) writeFileSync(path, 'not a leftover');

    (await Store[open](db, { self })).close();

    const left = readdirSync(folder).map((name) => join(folder, name));
    expect(left.sort()).toEqual([db, ...others].sort());
  },
);

test('each opening spills into a folder of its own, which is gone when it is closed', async () => {
  const folder = temporaryFolder();
  const db = join(folder, 'w.duckdb');
  (await Store.openToWrite(db)).close();
  const spill = 'create temp table t as select range, uuid() as text from range(3000000)';
  const limit = { memoryLimit: '60MB', self };
  const stores = [await Store.openToRead(db, limit), await Store.openToAdd(db, limit)];
  for (const store of stores) await store.run(spill);

  const folders = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
  for (const store of stores) store.close();

  expect(folders.length).toBe(2);
  expect(readdirSync(folder)).toEqual(['w.duckdb']);
});

test.each(['openToWrite', 'openToAdd'] as const)(
  '%s makes no database beside the log of one that is gone',
  async (open) => {
    const db = join(temporaryFolder(), 'w.duckdb');
    writeFileSync(`${db}.wal`, 'what a killed process wrote last');

    await expect(Store[open](db, { self })).rejects.toMatchObject({
      code: 'store_unreadable',
      message: `The database '${db}' is gone, but what was last written to it is still in '${db}.wal'.`,
      fix: `Put the database back beside it, or remove '${db}.wal' too, to begin anew.`,
    });
    expect(readdirSync(dirname(db))).toEqual(['w.duckdb.wal']);

    rmSync(`${db}.wal`);
    (await Store[open](db, { self })).close();
  },
);
