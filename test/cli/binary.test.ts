import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { simulateFleet, temporaryFolder } from './fleet.ts';
import { cpuSeconds, loadedBy, type Running, run, start, until } from './program.ts';
import { requests } from './requests.ts';

/** Stored in this run, as its last line of accounting says. */
function storedIn(err: string): number {
  return Number(/ = ([\d,]+) stored /.exec(err)?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

/** Events, and what the books say was stored: the same, whenever one looks. */
async function stored(db: string): Promise<{ events: number; booked: number }> {
  using store = await Store.openToWrite(db);
  const [row] = await store.rows(
    'select (select count(*) from events)::integer as events, (select coalesce(sum(stored), 0) from ingest_batches)::integer as booked',
  );
  return { events: Number(row?.['events']), booked: Number(row?.['booked']) };
}

test('who closes the pipe early gets no error', async () => {
  const db = join(temporaryFolder(), 'w.duckdb');
  (await Store.openToWrite(db)).close();
  const sql = "select i, repeat('x', 100) as text from range(300000) as t(i)";
  const args = ['query', '--sql', sql, '--max-rows', '300000', '--format', 'ndjson', '--db', db];

  const { child, ended } = start(args);
  await once(child.stdout, 'data');
  child.stdout.destroy();

  expect(await ended).toMatchObject({ code: 0, err: '' });
});

test('the config and the database of the current folder are found by themselves', async () => {
  const fleet = await simulateFleet(100);
  try {
    const first = await run(['run'], { cwd: fleet.folder });
    const then = await run(['timeline', '--format', 'csv'], { cwd: fleet.folder });

    expect(first.code, first.err).toBe(6);
    expect(then.code, then.err).toBe(0);
    expect(then.out.split('\n').length).toBeGreaterThan(90);
    // On a pipe there is no colour, and nothing overwrites what was said.
    for (const { out, err } of [first, then]) {
      expect(out + err).not.toContain('\u001b');
      expect(err).not.toContain('\r');
    }
  } finally {
    fleet.remove();
  }
});

test('the help loads neither the database nor the charts nor any stage', async () => {
  const { code, packages, folders } = await loadedBy(['--help'], temporaryFolder());

  expect(code).toBe(0);
  expect(packages).toEqual(['commander']);
  expect(folders).toEqual(['cli', 'core']);
});

test('Ctrl-C ends a question that would run for years', async () => {
  const folder = temporaryFolder();
  const db = join(folder, 'w.duckdb');
  writeFileSync(join(folder, 'requests.ndjson'), requests(1));
  await run(['ingest', 'files', folder, '--db', db]);

  const endless = 'select count(*) from range(100000000000) as a, range(100000) as b';
  const running = start(['query', '--sql', endless, '--db', db]);
  await until(running, () => cpuSeconds(running.child.pid ?? 0) > 1);
  running.child.kill('SIGINT');
  const { code, out } = await running.ended;

  expect({ code, out }).toEqual({ code: 130, out: '' });
});

/** Whether it has a file of that folder open. */
function isReading({ child }: Running, folder: string): boolean {
  const open = `/proc/${child.pid}/fd`;
  return readdirSync(open).some((fd) => {
    try {
      return readlinkSync(join(open, fd)).startsWith(join(folder, 'in/'));
    } catch {
      return false;
    }
  });
}

describe('an ingest that is stopped', () => {
  test('by Ctrl-C stores what it has read; the next run stores the rest', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'w.duckdb');
    mkdirSync(join(folder, 'in'));
    const lines = requests(60_000).split('\n');
    const files = 120;
    for (let n = 0; n < files; n += 1) {
      const part = lines.slice(n * 500, (n + 1) * 500);
      writeFileSync(join(folder, 'in', `${n}.ndjson`), part.join('\n'));
    }
    const args = ['ingest', 'files', join(folder, 'in'), '--db', db];

    const running = start(args);
    await until(running, () => isReading(running, folder));
    await pause(100);
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    const between = await stored(db);
    const again = await run(args);

    expect(stopped.code, stopped.err).toBe(130);
    expect(stopped.out).toBe('');
    expect(stopped.err).toContain(
      'Stopping when what was read is stored; once more stops at once.\n',
    );
    expect(stopped.err).toContain('Repeat the command to read the rest.\n');
    expect(between.events).toBe(storedIn(stopped.err));
    expect(between.events).toBeLessThan(60_000);
    expect(again.code, again.err).toBe(0);
    expect(storedIn(again.err)).toBe(60_000 - between.events);
    expect(await stored(db)).toEqual({ events: 60_000, booked: 60_000 });
  });

  test('by kill -9 at any point loses nothing and doubles nothing', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'w.duckdb');
    const file = join(folder, 'requests.ndjson');
    writeFileSync(file, requests(60_000));
    const args = ['ingest', 'files', file, '--db', db];
    const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const size = () => sizeOf(db) + sizeOf(`${db}.wal`);
    const points: readonly ((before: number) => boolean)[] = [
      () => existsSync(`${db}.key`),
      (before) => size() > before + 20_000,
      (before) => size() > before + 1_000_000,
    ];

    for (const isThere of points) {
      const running = start(args);
      await until(running, () => existsSync(`${db}.key`));
      const before = size();
      await until(running, () => isThere(before));
      running.child.kill('SIGKILL');
      await running.ended;
      const { events, booked } = await stored(db);
      expect(booked).toBe(events);
    }
    const { events } = await stored(db);
    const last = await run(args);

    expect(last.code, last.err).toBe(0);
    expect(storedIn(last.err)).toBe(60_000 - events);
    expect(await stored(db)).toEqual({ events: 60_000, booked: 60_000 });
  });
});
