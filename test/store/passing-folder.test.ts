import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../cli/fleet.ts';

let parent: string;
beforeEach(() => {
  parent = temporaryFolder();
  vi.stubEnv('TMPDIR', parent);
});
afterEach(() => vi.unstubAllEnvs());

test('a folder for rows that pass is gone afterwards, and those of killed processes with it', async () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const folderOf = (owner: string): string => {
    const folder = join(parent, `mcp-witness-${owner}-aB3xYz`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'rows.parquet'), 'rows');
    return folder;
  };
  const left = folderOf(`${hostname()}-${dead}`);
  const long = new Date(Date.now() - 2 * 3_600_000);
  for (const path of [join(left, 'rows.parquet'), left]) utimesSync(path, long, long);
  const young = join(parent, `mcp-witness-${hostname()}-${dead}-young1`);
  mkdirSync(young);
  const others = [`${hostname()}-${process.pid}`, `elsewhere-${dead}`, 'cli'].map(folderOf);
  const self = { pid: process.pid, isRunning: (pid: number) => pid !== dead };
  // Leftovers are looked for once in a process, which other tests are in too.
  vi.resetModules();
  const { inPassingFolder } = await import('../../store/passing-folder.ts');

  const mine = await inPassingFolder(self, async (folder) => {
    writeFileSync(join(folder, 'rows.parquet'), 'rows');
    return folder;
  });
  const failed = inPassingFolder(self, () => Promise.reject(new Error('no room')));

  await expect(failed).rejects.toThrow('no room');
  expect(dirname(mine)).toBe(parent);
  expect(basename(mine)).toContain(`mcp-witness-${hostname()}-${process.pid}-`);
  expect([mine, left].filter(existsSync)).toEqual([]);
  expect([...others, young].filter(existsSync)).toEqual([...others, young]);
});
