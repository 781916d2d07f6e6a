import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from './fleet.ts';
import { start } from './program.ts';
import { requests } from './requests.ts';

const WAIT = { timeout: 60_000, interval: 50 };

test('a watch goes on where its files are gone for a while, and says so once', async () => {
  const folder = temporaryFolder();
  const config = join(folder, 'mcp-witness.yaml');
  const inbox = join(folder, 'in');
  mkdirSync(inbox);
  writeFileSync(join(inbox, 'first.ndjson'), requests(3));
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }
sources: [{ name: inbox, kind: files, paths: ["./in/**/*"] }]
slos: []
`,
  );
  const gone = `warning: No file is at '${inbox}/**/*'. It is watched on.\n`;
  const times = (text: string) => watching.said().split(text).length - 1;

  const watching = start(['run', '--watch', '--every', '0.1s', '--config', config]);
  try {
    await vi.waitUntil(() => times('3 records received = 3 stored') === 1, WAIT);
    rmSync(join(inbox, 'first.ndjson'));
    await vi.waitUntil(() => times(gone) === 1, WAIT);

    writeFileSync(join(inbox, 'second.ndjson'), requests(5, 3));
    await vi.waitUntil(() => times('5 records received = 5 stored') === 1, WAIT);
    expect(times(gone)).toBe(1);

    renameSync(inbox, join(folder, 'away'));
    await vi.waitUntil(() => times(gone) === 2, WAIT);
    renameSync(join(folder, 'away'), inbox);
    writeFileSync(join(inbox, 'third.ndjson'), requests(2, 8));
    await vi.waitUntil(() => times('2 records received = 2 stored') === 1, WAIT);
  } finally {
    watching.child.kill('SIGTERM');
  }

  expect((await watching.ended).code).toBe(130);
});

test.each(['in', 'in/**/*'])(
  'a watch of %s, which is empty, waits for the first file and says so',
  async (path) => {
    const folder = temporaryFolder();
    const config = join(folder, 'mcp-witness.yaml');
    mkdirSync(join(folder, 'in'));
    writeFileSync(
      config,
      `store: { path: ./w.duckdb }
sources: [{ name: inbox, kind: files, paths: ["./${path}"] }]
slos: []
`,
    );
    const watching = start(['run', '--watch', '--every', '0.1s', '--config', config]);
    const has = (text: string) => watching.said().includes(text);
    try {
      await vi.waitUntil(() => has(`No file is at '${folder}/${path}'. It is watched on.\n`), WAIT);
      writeFileSync(join(folder, 'in', 'first.ndjson'), requests(3));
      await vi.waitUntil(() => has('3 records received = 3 stored'), WAIT);
    } finally {
      watching.child.kill('SIGTERM');
    }

    const { code, err } = await watching.ended;
    expect(code).toBe(130);
    expect(err).not.toContain('error: ');
  },
);

test('a single run over an empty folder ends', async () => {
  const folder = temporaryFolder();
  const config = join(folder, 'mcp-witness.yaml');
  mkdirSync(join(folder, 'in'));
  writeFileSync(config, 'sources: [{ name: inbox, kind: files, paths: [./in] }]\n');

  const { code, err } = await start(['run', '--config', config, '--db', join(folder, 'w.duckdb')])
    .ended;

  expect(code).toBe(2);
  expect(err).toContain(`error: No file is at '${folder}/in'.\n`);
});

test('a watch whose files are not there when it begins ends: the path may be wrong', async () => {
  const folder = temporaryFolder();
  const config = join(folder, 'mcp-witness.yaml');
  writeFileSync(config, 'sources: [{ name: inbox, kind: files, paths: ["./in/*"] }]\n');

  const { code, err } = await start([
    'run',
    '--watch',
    '--config',
    config,
    '--db',
    join(folder, 'w.duckdb'),
  ]).ended;

  expect(code).toBe(2);
  expect(err).toContain(`error: No file is at '${folder}/in/*'.\n`);
});
