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

/** The files that both engines run: steps of correlation, questions, controls, charges, what doctor asks. */
const paths = globSync(['{correlate,doctor,queries}/**/*.sql', 'slo/evidence_end*.sql'], {
  cwd: packageRoot,
})
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

/** Asks both engines every file, over the evidence of a store and what correlation makes of it. */
async function askEverything(store: Store, both: BothEngines): Promise<readonly Run[]> {
  const watched = both.watch('correlate/');
  await correlate(watched);
  await store.script(readFileSync(packagePath('test/engines/better_copies.sql'), 'utf8'));
  const { isRebuild } = await correlate(watched, { maxReopenedShare: 1 });
  expect(isRebuild, 'the steps of reopen/ did not come to their end').toBe(false);
  both.freeze();
  for (const path of paths.filter((each) => !each.startsWith('correlate/'))) {
    for (const params of await waysToAsk(store, path, FLEET.to)) await both.ask(path, params);
  }
  return both.runs;
}

/** Fails where something was not asked, or was answered otherwise. */
function expectSame(runs: readonly Run[], path: string): void {
  const own = runs.filter((run) => run.path === path);
  const wrong = own.filter(({ differences }) => differences.length > 0);

  expect(own.length, 'times that something ran it').toBeGreaterThan(0);
  expect(wrong.slice(0, 3).map(({ params, differences }) => ({ params, differences }))).toEqual([]);
}

interface Given {
  readonly isCluster?: boolean;
  /** How large a fleet the evidence is of. */
  readonly calls?: number;
  /** How often a file is asked at most. */
  readonly mostRuns?: number;
}

/** A test for each file: that it answers as DuckDB does on what `where` says. */
export function compareEveryFile(
  where: string,
  { isCluster = false, calls, mostRuns = Number.POSITIVE_INFINITY }: Given = {},
): void {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-engines-'));
  const clickHouse = new ClickHouse(join(folder, 'clickhouse'), { isCluster });
  let store: Store;
  let runs: readonly Run[] = [];

  beforeAll(async () => {
    store = await hardFleet(folder, calls);
    const both = new BothEngines(store, clickHouse, folder, { mostRuns });
    runs = await askEverything(store, both);
  }, 600_000);

  afterAll(() => {
    process.stdout.write(summaryOf(runs));
    store.close();
    clickHouse[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(paths)(`%s answers the same on DuckDB and ${where}`, (path) => {
    expectSame(runs, path);
  });
}
