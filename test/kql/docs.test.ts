import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { type KqlQuery, listKqlQueries } from '../../queries/kql.ts';

const page = readFileSync(packagePath('docs/kql.md'), 'utf8');
const queries = listKqlQueries();

test('docs/kql.md sets what many run beside ours, as the headers say', () => {
  expect(tableFrom('| as many run it |')).toEqual([
    '| as many run it | as it should be | of ours | where the answers part, and why |',
    '|---|---|---|---|',
    ...queries.flatMap(({ name, beside, ours, differs }) =>
      beside === undefined ? [] : [`| \`${name}\` | \`${beside}\` | ${asked(ours)} | ${differs} |`],
    ),
  ]);
});

test('docs/kql.md has the table that the headers give', () => {
  expect(tableFrom('| query --kql |')).toEqual([
    '| query --kql | asks | of ours | where it differs, and why |',
    '|---|---|---|---|',
    ...queries
      .filter(({ beside }) => beside === undefined)
      .map(
        ({ name, purpose, ours, differs }: KqlQuery) =>
          `| \`${name}\` | ${purpose} | ${asked(ours)} | ${differs} |`,
      ),
  ]);
});

/** The lines of the table that begins so, to its end. */
function tableFrom(head: string): string[] {
  const [table = ''] = page.slice(page.indexOf(head)).split('\n\n');
  return table.trimEnd().split('\n');
}

function asked(ours: string): string {
  return ours
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ');
}
