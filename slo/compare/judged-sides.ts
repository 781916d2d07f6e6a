import type { TimeWindow } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';
import type { Objective } from '../definition.ts';
import { judgeAll } from '../judge.ts';
import type { ObjectiveJudgement } from '../judgement.ts';
import { isCovered } from '../objective-verdict.ts';
import { findSource } from '../sources.ts';
import type { Judged } from './comparison.ts';

/** Judges one objective over its window that ends at `at`, and names what the verdict rests on. */
export async function judgedSide(
  store: Store,
  objective: Objective,
  at: Date,
  name: string,
  by: string | null = null,
): Promise<Judged> {
  const definitions = { definitions: [objective], warnings: [] };
  const judgements = await judgeAll(store, definitions, { at, by });
  const judgement = judgements[0] as ObjectiveJudgement;
  return {
    name,
    judgement,
    isCovered: isCovered(judgement.evidence, objective.minCoverage),
    sourceTables: await sourceTables(store, objective, judgement.window),
  };
}

/** Evidence comes in layers; only those that the objective rests on bear on it. */
async function sourceTables(
  store: Store,
  { source }: Objective,
  window: TimeWindow,
): Promise<string[]> {
  const layers = new Set(findSource(source).evidence);
  const rows = await store.query<{ layer: string; source_table: string }>(
    'slo/compare/source_tables.sql',
    { from_at: window.from, to_at: window.to },
  );
  const tables = rows.filter(({ layer }) => layers.has(layer)).map((row) => row.source_table);
  return [...new Set(tables)].sort();
}
