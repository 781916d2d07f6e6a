import type { Run } from './both-engines.ts';

const number = new Intl.NumberFormat('en-US');

/** How much was compared, and what had nothing to compare. */
export function summaryOf(runs: readonly Run[]): string {
  const rowsByPath = new Map<string, number>();
  for (const { path, rows } of runs) rowsByPath.set(path, (rowsByPath.get(path) ?? 0) + rows);
  const total = (of: (run: Run) => number) =>
    number.format(runs.reduce((sum, run) => sum + of(run), 0));
  const empty = [...rowsByPath].filter(([, rows]) => rows === 0).map(([path]) => path);
  return [
    `${rowsByPath.size} files in ${number.format(runs.length)} runs: `,
    `${total(({ rows }) => rows)} rows, ${total(({ cells }) => cells)} cells compared, `,
    `${total(({ inexact }) => inexact)} floats equal but for their last digits\n`,
    ...empty.map((path) => `${path} gave no rows\n`),
  ].join('');
}
