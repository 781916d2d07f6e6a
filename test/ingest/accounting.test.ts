import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import type { IngestSummary } from '../../ingest/ingest-files.ts';
import type { Row } from '../../store/store.ts';
import { eventsOf, type Ingested, ingesting, rejectsOf } from './ingested.ts';

/** One record a line, of every table that has such a fixture, and lines that are no record. */
const LINES = [
  ...globSync('test/ingest/fixtures/*.ndjson', { cwd: packageRoot }).flatMap((path) =>
    readFileSync(join(packageRoot, path), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('resourceSpans')),
  ),
  '{"Type":"AppRequests","TimeGenerated":"2026-11-20T1',
  '{"Type":"NoSuchTable"}',
  'null',
  '"text"',
  '42',
  'not json at all',
  '{}',
];

const seeds = [1, 2];

test.each(seeds)('every record of mixed files has one fate, drawn with seed %d', async (seed) => {
  const draw = generator(seed);
  const files = drawFiles(draw);
  using run = await ingesting(files.contents);

  const first = await run.ingest();

  expect(first.received).toBe(files.records);
  expectBalanced(first);
  await expectBooksToAgree(run, first);
  const events = await eventsOf(run.store);
  const rejects = await rejectsOf(run.store);
  expect(new Set(events.map(({ event_id: id }) => id)).size).toBe(events.length);

  const again = await run.ingest();

  expect(again).toMatchObject({
    received: first.received,
    stored: 0,
    duplicate: first.stored + first.duplicate,
    rejected: first.rejected,
    excluded: first.excluded,
  });
  expect(await eventsOf(run.store)).toEqual(events);
  expect(await rejectsOf(run.store)).toEqual(rejects);
});

test('every rejected record is listed once, with place, size, hash and reason', async () => {
  using run = await ingesting({ 'a.ndjson': LINES.join('\n') });

  const { rejected } = await run.ingest();

  const [listed] = await run.store.rows(
    `select count(*) as records,
            count(*) filter (where reason <> '' and record_bytes > 0 and record_no > 0
                and record_hash ~ '^[0-9a-f]{64}$') as complete
     from rejected_records`,
  );
  expect(listed).toEqual({ records: rejected, complete: rejected });
});

test('what an apis filter leaves out is excluded, not lost', async () => {
  const line = (api: string, no: number): string =>
    `{"Type":"ApiManagementGatewayLogs","TimeGenerated":"2026-11-20T10:00:00Z","CorrelationId":"${no}","ApiId":"${api}","Method":"POST"}`;
  using run = await ingesting({
    'a.ndjson': [line('weather-mcp', 1), line('Billing-MCP', 2), line('orders', 3)].join('\n'),
  });

  const summary = await run.ingest({ apis: ['Weather-mcp', 'billing-mcp'] });

  expect(summary).toMatchObject({ received: 3, stored: 2, excluded: 1, rejected: 0 });
});

function expectBalanced({ received, stored, duplicate, rejected, excluded }: IngestSummary): void {
  expect(stored + duplicate + rejected + excluded).toBe(received);
  expect(Math.min(stored, duplicate, rejected, excluded)).toBeGreaterThan(0);
}

/** What the run says, what ingest_batches says and what the tables hold are one. */
async function expectBooksToAgree({ store }: Ingested, summary: IngestSummary): Promise<void> {
  const [books] = await store.rows(
    'select sum(received)::bigint as received, sum(stored)::bigint as stored, sum(duplicate)::bigint as duplicate, sum(rejected)::bigint as rejected, sum(excluded)::bigint as excluded from ingest_batches',
  );
  const { received, stored, duplicate, rejected, excluded } = summary;
  expect(books).toEqual({ received, stored, duplicate, rejected, excluded } satisfies Row);
}

/** Several files of lines, some lines in more than one of them. */
function drawFiles(draw: (below: number) => number): {
  readonly contents: Record<string, string>;
  readonly records: number;
} {
  const contents: Record<string, string> = {};
  let records = 0;
  for (let file = 0; file < 4; file += 1) {
    const lines = Array.from({ length: 20 + draw(60) }, () => LINES[draw(LINES.length)] ?? '');
    records += lines.length;
    const blank = draw(2) === 0 ? '\n' : '\r\n  \r\n';
    // The first line tells how the file is read; see bad-input.test.ts for files that begin badly.
    contents[`${file}.ndjson`] = [LINES[0], ...lines].join(blank);
    records += 1;
  }
  return { contents, records };
}

/** Linear congruential: the same files for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
