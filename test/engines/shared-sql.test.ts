import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { correlate } from '../../correlate/correlate.ts';
import type { Store } from '../../store/store.ts';
import { BothEngines, type Run } from './both-engines.ts';
import { ClickHouse } from './clickhouse.ts';
import { FLEET, hardFleet } from './fleet.ts';
import { waysToAsk } from './questions.ts';
import { summaryOf } from './summary.ts';

const paths = globSync('{correlate,queries}/**/*.sql', { cwd: packageRoot })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-engines-'));
const clickHouse = new ClickHouse(join(folder, 'clickhouse'));
let store: Store;
let runs: readonly Run[] = [];

beforeAll(async () => {
  store = await hardFleet(folder);
  const both = new BothEngines(store, clickHouse, folder);
  runs = both.runs;
  const watched = both.watch('correlate/');
  await correlate(watched);
  await store.script(readFileSync(packagePath('test/engines/better_copies.sql'), 'utf8'));
  const { isRebuild } = await correlate(watched, { maxReopenedShare: 1 });
  expect(isRebuild, 'the steps of reopen/ did not come to their end').toBe(false);
  for (const path of paths.filter((each) => each.startsWith('queries/'))) {
    for (const params of await waysToAsk(store, path, FLEET.to)) await both.ask(path, params);
  }
}, 600_000);

afterAll(() => {
  process.stdout.write(summaryOf(runs));
  store.close();
  clickHouse[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.each(paths)('%s answers the same on DuckDB and on ClickHouse', (path) => {
  const own = runs.filter((run) => run.path === path);
  const wrong = own.filter(({ differences }) => differences.length > 0);

  expect(own.length, 'times that something ran it').toBeGreaterThan(0);
  expect(wrong.slice(0, 3).map(({ params, differences }) => ({ params, differences }))).toEqual([]);
});
