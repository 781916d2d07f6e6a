import { expect, test } from 'vitest';
import { listSources } from '../../ingest/sources.ts';
import { linesOf, sourcesPage } from './sources-page.ts';

test('docs/sources.md says what the sources say of themselves', async () => {
  await expect(sourcesPage()).toMatchFileSnapshot('../../docs/sources.md');
});

test.each(listSources())('$stem says what it can say and what it cannot', ({ file }) => {
  for (const line of [...linesOf(file.sql, 'says'), ...linesOf(file.sql, 'cannot')]) {
    expect(line).toMatch(/^[A-Z`].{8,}\.$/);
  }
  expect(linesOf(file.sql, 'says').length).toBeGreaterThan(0);
  expect(linesOf(file.sql, 'cannot').length).toBeGreaterThan(0);
});
