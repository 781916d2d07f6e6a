import { notBelievedFrom } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { withBlindness } from './blindness.ts';
import { columnsOf, compileControl } from './control-statement.ts';
import type { Definition, SloDefinitions } from './definition.ts';
import { EvidenceReader } from './evidence.ts';
import { judgedControl } from './judge-control.ts';
import { type Asked, judgedObjective } from './judge-objective.ts';
import type { Judgement } from './judgement.ts';
import { inventoryHash } from './kept-counts.ts';
import { spansOf } from './maintenance-report.ts';
import { checkObjective } from './objective-statement.ts';
import { findSource } from './sources.ts';
import { windowAt } from './windows.ts';

/**
 * Judges every definition over its window that ends at `at`. Only reads; the same definitions, rows
 * and `at` give the same judgements, but for records of a time that was ahead of `now` and is no more.
 */
export async function judgeAll(
  store: Store,
  { definitions }: SloDefinitions,
  {
    at,
    now = new Date(),
    honorsWaivers = false,
    ...asked
  }: { readonly at: Date; readonly now?: Date; readonly honorsWaivers?: boolean } & Asked,
): Promise<Judgement[]> {
  const evidence = new EvidenceReader(store, notBelievedFrom(now, at));
  const inventory = await inventoryHash(store);
  const judgements: { definition: Definition; judgement: Judgement }[] = [];
  for (const definition of definitions) {
    const window = windowAt(definition.windowRule, new Date(at.getTime() - definition.delayMs));
    const source = findSource(definition.source);
    const { sliceMs, freshness } = definition;
    const down = definition.kind === 'objective' ? spansOf(definition, window, asked) : [];
    const columns = definition.kind === 'control' ? columnsOf(definition) : undefined;
    const seen = await evidence.read(source, window, sliceMs, freshness, down, columns);
    const judgement =
      definition.kind === 'objective'
        ? await judgedObjective(store, definition, window, seen, evidence, { inventory, ...asked })
        : await judgedControl(store, definition, window, seen, honorsWaivers);
    judgements.push({ definition, judgement });
  }
  return withBlindness(judgements);
}

/** Compiles every definition against the tables, so that a mistyped field shows without any rows. */
export async function checkDefinitions(
  store: Store,
  { definitions }: SloDefinitions,
): Promise<void> {
  const window = { from: '2000-01-01T00:00:00.000Z', to: '2000-01-02T00:00:00.000Z' };
  for (const definition of definitions) {
    if (definition.kind === 'objective') await checkObjective(store, definition, window);
    else await compileControl(store, definition, window);
  }
}
