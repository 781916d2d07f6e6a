import type { Row } from '../store/values.ts';
import type { Examined } from './examine.ts';
import { inOrder } from './text.ts';

/** For machines; stable. A check may have several rows. */
export const COLUMNS = [
  { name: 'check', type: 'varchar', meaning: 'what was looked at; stable' },
  { name: 'area', type: 'varchar', meaning: 'machine, config, database, evidence or azure' },
  { name: 'state', type: 'varchar', meaning: 'failed, warning, skipped or ok' },
  { name: 'found', type: 'varchar', meaning: 'what was found, or why nothing was looked at' },
  { name: 'why', type: 'varchar', meaning: 'what comes of it' },
  { name: 'mend', type: 'varchar', meaning: 'lines to type or to paste' },
] as const;

/** Where lines to type have no room. */
export const BRIEF = ['state', 'check', 'found', 'why'] as const;

export function rowsOf(found: readonly Examined[]): Row[] {
  return inOrder(found).map(({ check, state, found: text, why, mend }) => ({
    check: check.name,
    area: check.area,
    state,
    found: text,
    why: why ?? null,
    mend: mend ?? null,
  }));
}
