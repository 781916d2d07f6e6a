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

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-engines-'));
const clickHouse = new ClickHouse(join(folder, 'clickhouse'));
let store: Store;
let runs: readonly Run[] = [];

beforeAll(async () => {
  store = await hardFleet(folder);
  runs = await askEverything(store, new BothEngines(store, clickHouse, folder));
}, 600_000);

afterAll(() => {
  process.stdout.write(summaryOf(runs));
  store.close();
  clickHouse[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.each(paths)('%s answers the same on DuckDB and on ClickHouse', (path) => {
  expectSame(runs, path);
});
