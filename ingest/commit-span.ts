import { inSpan, measure } from '../core/own-telemetry.ts';
import type { Tally } from './tally.ts';

/** Tells of a commit how long it took, and what became of its records. */
export function asCommit(commit: () => Promise<Tally>): Promise<Tally> {
  return inSpan('commit', {}, async (note) => {
    const tally = await commit();
    for (const disposition of ['stored', 'duplicate', 'rejected', 'excluded'] as const) {
      measure('records', tally[disposition], { disposition });
    }
    note(tally);
    return tally;
  });
}
