import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { ask, temporaryFolder } from './fleet.ts';

const PROGRAM = `'${process.execPath}' '${packagePath('cli/bin.ts')}'`;

/** Runs command lines of a shell, in which `mw` is the program. */
function shell(script: string, cwd: string): { code: number | null; out: string; err: string } {
  const run = spawnSync('bash', ['-c', `mw() { ${PROGRAM} "$@"; }\n${script}`], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

async function simulated(calls = 100): Promise<string> {
  const folder = temporaryFolder();
  const { code, err } = await ask([
    'simulate',
    '--out',
    join(folder, 'fleet'),
    '--calls',
    String(calls),
  ]);
  if (code !== 0) throw new Error(err);
  return folder;
}

test('where there is no room an ingest says so, and what it stored is whole when there is', async () => {
  const folder = await simulated(1500);

  const short = shell('ulimit -f 3000; mw ingest files fleet/telemetry --db w.duckdb', folder);
  expect(short.code).toBe(2);
  expect(short.err).toMatch(/^error: There is no room for what is written: .*File too large/m);
  expect(short.err).toMatch(/^ {2}fix: Make room, and repeat the command/m);
  expect(short.err).not.toContain('bug:');

  const again = shell('mw ingest files fleet/telemetry --db w.duckdb', folder);
  const whole = shell('mw ingest files fleet/telemetry --db whole.duckdb', folder);
  expect(again.code).toBe(whole.code);
  const count = ['query', '--format', 'csv', '--sql', 'select count(*) from events'];
  const held = await ask([...count, '--db', join(folder, 'w.duckdb')]);
  expect(held.out).toBe((await ask([...count, '--db', join(folder, 'whole.duckdb')])).out);
});

test('standard output without room is told of, and notes that nobody can read hold nothing back', async () => {
  const folder = await simulated();
  shell('mw ingest files fleet/telemetry --db w.duckdb', folder);
  const question = "mw query --format csv --db w.duckdb --sql 'select layer from events limit 3'";

  expect(shell(`${question} > /dev/full`, folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining(
      'error: Cannot write to standard output: no space left on device.\n',
    ),
  });
  const unheard = shell(`${question} 2> /dev/full`, folder);
  expect(unheard.code).toBe(0);
  expect(unheard.out.trim().split('\n')).toHaveLength(4);
});

test('a report and an export for which there is no room say so in the same words', async () => {
  const folder = await simulated();
  shell('mw ingest files fleet/telemetry --db w.duckdb; mw correlate --db w.duckdb', folder);
  const told = (script: string) =>
    shell(`ulimit -f 8; ${script}`, folder)
      .err.split('\n')
      .filter((line) => line.startsWith('error'));

  expect(told('mw report soc --out r.html --db w.duckdb')).toEqual([
    "error: Cannot write 'r.html': file too large.",
  ]);
  expect(told('mw export parquet --out lake --tables events --db w.duckdb')).toEqual([
    "error: Cannot write into 'lake': file too large.",
  ]);
});

test('a folder that cannot be made is told of at once', async () => {
  // Node's own way to make folders tries for ever there.
  const { code, err } = await ask([
    'simulate',
    '--out',
    '/proc/mcp-witness/fleet',
    '--calls',
    '10',
  ]);

  expect(code).toBe(2);
  expect(err).toContain("error: Cannot write to the folder '/proc/mcp-witness/fleet'");
});

test('a key that lost its content is no key', async () => {
  const folder = await simulated();
  const db = join(folder, 'w.duckdb');
  const ingest = ['ingest', 'files', join(folder, 'fleet/telemetry'), '--db', db];
  await ask(ingest);
  const key = readFileSync(`${db}.key`, 'utf8').trim();
  writeFileSync(`${db}.key`, '\n');

  const { code, err } = await ask(ingest);

  expect(code).toBe(2);
  expect(err).toContain(`error: The store's key '${db}.key' is empty.`);
  expect((await ask(ingest, { env: { MCP_WITNESS_KEY: key } })).code).not.toBe(2);
});

test('what was simulated before is replaced, and that is said', async () => {
  const out = join(temporaryFolder(), 'fleet');
  const simulate = ['simulate', '--out', out, '--calls', '100'];

  expect((await ask(simulate)).err).not.toContain('replaced');
  expect((await ask(simulate)).err).toContain(
    `the simulation that was there is replaced: ${out}\n`,
  );
});

test('where nothing was stored no calls are to be made of it', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'bad.json');
  writeFileSync(file, 'not json');
  const ingest = ['ingest', 'files', file, '--db', join(folder, 'w.duckdb')];

  const { err } = await ask(ingest);

  expect(err).toContain('coverage --of rejects');
  expect(err).not.toContain('next, to make tool calls of it');
});
