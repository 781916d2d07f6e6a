import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import type { Store } from '../../store/store.ts';
import { BothEngines, type Run } from './both-engines.ts';
import { ClickHouse } from './clickhouse.ts';
import { askEverything, expectSame, paths } from './every-file.ts';
import { hardFleet } from './fleet.ts';
import { summaryOf } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-shards-'));
const clickHouse = new ClickHouse(join(folder, 'clickhouse'), { isCluster: true });
let store: Store;
let runs: readonly Run[] = [];

beforeAll(async () => {
  store = await hardFleet(folder, 150);
  const both = new BothEngines(store, clickHouse, folder, { mostRuns: 1 });
  runs = await askEverything(store, both);
}, 600_000);

afterAll(() => {
  process.stdout.write(summaryOf(runs));
  store.close();
  clickHouse[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.each(paths)('%s answers the same on DuckDB and over two shards', (path) => {
  expectSame(runs, path);
});
