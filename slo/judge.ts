import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { compileControl } from './control-statement.ts';
import type { Control, Objective, SloDefinitions } from './definition.ts';
import { EvidenceReader } from './evidence.ts';
import { judgedControl } from './judge-control.ts';
import { judgedObjective } from './judge-objective.ts';
import type { Judgement } from './judgement.ts';
import { compileObjective } from './objective-statement.ts';
import { findSource } from './sources.ts';

/**
 * Judges every definition over its window that ends at `at`. Only reads; the same definitions, rows
 * and `at` give the same judgements.
 */
export async function judgeAll(
  store: Store,
  { definitions }: SloDefinitions,
  { at, honorsWaivers = false }: { readonly at: Date; readonly honorsWaivers?: boolean },
): Promise<Judgement[]> {
  const evidence = new EvidenceReader(store);
  const judgements: Judgement[] = [];
  for (const definition of definitions) {
    const window = windowOf(definition, at);
    const source = findSource(definition.source);
    const { sliceMs, freshness } = definition;
    const seen = await evidence.read(source, window, sliceMs, freshness);
    judgements.push(
      definition.kind === 'objective'
        ? await judgedObjective(store, definition, window, seen)
        : await judgedControl(store, definition, window, seen, honorsWaivers),
    );
  }
  return judgements;
}

/** Compiles every definition against the tables, so that a mistyped field shows without any rows. */
export async function checkDefinitions(
  store: Store,
  { definitions }: SloDefinitions,
): Promise<void> {
  const window = { from: '2000-01-01T00:00:00.000Z', to: '2000-01-02T00:00:00.000Z' };
  for (const definition of definitions) {
    if (definition.kind === 'objective') await compileObjective(store, definition, window);
    else await compileControl(store, definition, window);
  }
}

function windowOf({ windowMs }: Objective | Control, at: Date): TimeWindow {
  return { from: new Date(at.getTime() - windowMs).toISOString(), to: at.toISOString() };
}
