import { timeText } from './reading.ts';

/** A row of sre/removed_evidence. */
export interface RemovedRow {
  readonly removed_to_at: string;
}

/** What a window cannot hold because this store's own retention has removed it; undefined: nothing. */
export function removedText([row]: readonly RemovedRow[]): string | undefined {
  if (row === undefined) return undefined;
  return `The window begins before ${timeText(row.removed_to_at)}, up to when 'retention apply' has removed the evidence: no number holds that time`;
}
