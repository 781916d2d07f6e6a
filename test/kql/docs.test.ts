import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { listKqlQueries } from '../../queries/kql.ts';

test('docs/kql.md has the table that the headers give', () => {
  const page = readFileSync(packagePath('docs/kql.md'), 'utf8');

  expect(page.slice(page.indexOf('| query --kql |'))).toBe(
    [
      '| query --kql | asks | of ours | where it differs, and why |',
      '|---|---|---|---|',
      ...listKqlQueries().map(
        ({ name, purpose, ours, differs }) =>
          `| \`${name}\` | ${purpose} | ${asked(ours)} | ${differs} |`,
      ),
      '',
    ].join('\n'),
  );
});

function asked(ours: string): string {
  return ours
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ');
}
