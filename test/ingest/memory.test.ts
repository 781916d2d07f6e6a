import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { ingesting } from './ingested.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a run that is short of memory ends with what to do, and the store stays whole', async () => {
  const record = (no: number): string =>
    JSON.stringify({
      Type: 'AppRequests',
      TimeGenerated: '2026-11-20T10:00:00Z',
      Id: no.toString(16).padStart(16, '0'),
      OperationId: no.toString(16).padStart(32, '0'),
      Name: 'POST /mcp',
      Properties: { note: 'x'.repeat(400) },
    });
  using run = await ingesting(
    { 'many.ndjson': Array.from({ length: 60_000 }, (_, no) => record(no)).join('\n') },
    () => Store.openToWrite(join(folder, 'witness.duckdb'), { memoryLimit: '60MB' }),
  );

  await expect(run.ingest()).rejects.toMatchObject({
    code: 'memory_short',
    message: 'Memory ran short while records were read; what was committed before is kept.',
  });
  expect(await run.store.rows('select count(*) as events from events')).toEqual([{ events: 0 }]);
});
