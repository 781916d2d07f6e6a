import { createHash } from 'node:crypto';
import { bigintAsText } from './formats/cell.ts';
import type { ReportInput } from './report-input.ts';

/** SHA-256 of all that a report says, without when and by which version it was written. */
export function contentHash({ kind, window, answers, judgements }: ReportInput): string {
  const rows = Object.keys(answers)
    .sort()
    .map((name) => [name, answers[name]?.rows]);
  const content = JSON.stringify([kind, window, rows, judgements], bigintAsText);
  return createHash('sha256').update(content).digest('hex');
}
