import type { Examined } from './examine.ts';
import { inOrder } from './text.ts';

/** What mends each trouble, to be copied out of Markdown; each text once. */
export function mendsMarkdown(found: readonly Examined[]): string {
  const mends = new Map<string, string[]>();
  for (const { check, mend } of inOrder(found)) {
    if (mend !== undefined) mends.set(mend, [...(mends.get(mend) ?? []), check.name]);
  }
  return [...mends]
    .map(([mend, names]) => {
      const fence = fenceOf(mend);
      return `\n## ${[...new Set(names)].join(', ')}\n\n${fence}sh\n${mend}\n${fence}\n`;
    })
    .join('');
}

/** Longer than any that the text has in it. */
function fenceOf(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}
