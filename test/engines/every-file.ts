import { globSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { correlate } from '../../correlate/correlate.ts';
import type { Store } from '../../store/store.ts';
import type { BothEngines, Run } from './both-engines.ts';
import { FLEET } from './fleet.ts';
import { waysToAsk } from './questions.ts';

/** The files that both engines run: steps of correlation, questions, controls, charges. */
export const paths = globSync('{correlate,queries}/**/*.sql', { cwd: packageRoot })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

/** Asks both engines every file, over the evidence of a store and what correlation makes of it. */
export async function askEverything(store: Store, both: BothEngines): Promise<readonly Run[]> {
  const watched = both.watch('correlate/');
  await correlate(watched);
  await store.script(readFileSync(packagePath('test/engines/better_copies.sql'), 'utf8'));
  const { isRebuild } = await correlate(watched, { maxReopenedShare: 1 });
  expect(isRebuild, 'the steps of reopen/ did not come to their end').toBe(false);
  both.freeze();
  for (const path of paths.filter((each) => each.startsWith('queries/'))) {
    for (const params of await waysToAsk(store, path, FLEET.to)) await both.ask(path, params);
  }
  return both.runs;
}

/** Fails where something was not asked, or was answered otherwise. */
export function expectSame(runs: readonly Run[], path: string): void {
  const own = runs.filter((run) => run.path === path);
  const wrong = own.filter(({ differences }) => differences.length > 0);

  expect(own.length, 'times that something ran it').toBeGreaterThan(0);
  expect(wrong.slice(0, 3).map(({ params, differences }) => ({ params, differences }))).toEqual([]);
}
