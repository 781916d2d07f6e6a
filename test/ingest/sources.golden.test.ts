import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { listSources } from '../../ingest/sources.ts';
import type { Row } from '../../store/store.ts';
import { ingesting, jsonLines, rejectsOf } from './ingested.ts';

const FIXTURES = join(packageRoot, 'test/ingest/fixtures');
const stems = listSources().map(({ stem }) => stem);

test.each(stems)('%s maps its fixtures to the golden events', async (stem) => {
  const fixtures = fixturesOf(stem);
  expect(Object.keys(fixtures), `test/ingest/fixtures/${stem}.*`).not.toEqual([]);
  using run = await ingesting(fixtures);

  await run.ingest();

  const events = await run.store.rows(
    'select * exclude (batch_id, record_no, content_hash) from events order by event_id',
  );
  const rejected = await rejectsOf(run.store);
  const unreadable = await run.store.rows(
    'select column_name, sum(unreadable)::bigint as unreadable from unreadable_values group by all order by all',
  );
  const [books] = await run.store.rows(
    'select sum(received)::bigint as received, sum(stored)::bigint as stored, sum(duplicate)::bigint as duplicate, sum(rejected)::bigint as rejected, sum(excluded)::bigint as excluded from ingest_batches',
  );
  await expect(
    jsonLines([...events.map(withOpenTags), ...rejected, ...unreadable, books as Row]),
  ).toMatchFileSnapshot(`golden/${stem}.jsonl`);
});

test('every fixture belongs to a source', () => {
  const owned = stems.flatMap((stem) => Object.keys(fixturesOf(stem)));

  expect(owned.sort()).toEqual(globSync('*', { cwd: FIXTURES }).sort());
});

function fixturesOf(stem: string): Record<string, Buffer> {
  return Object.fromEntries(
    globSync(`${stem}.*`, { cwd: FIXTURES }).map((path) => [
      basename(path),
      readFileSync(join(FIXTURES, path)),
    ]),
  );
}

/** Tags as an object that reads well in a line. */
function withOpenTags(row: Row): Row {
  const { tags } = row;
  return typeof tags === 'string' ? { ...row, tags: JSON.parse(tags) } : row;
}
