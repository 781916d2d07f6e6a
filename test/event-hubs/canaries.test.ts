import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { listSources } from '../../ingest/sources.ts';
import { CANARY, SECRETS, telemetryWith, telemetryWithContent } from '../ingest/canaries.ts';
import { hubRun, temporaryFolder } from './hub-run.ts';

async function textsWithCanary(run: Awaited<ReturnType<typeof hubRun>>): Promise<unknown[]> {
  const tables = await run.store.rows(
    "select table_name from duckdb_tables() where schema_name = 'main' and not temporary",
  );
  const found: unknown[] = [];
  for (const { table_name: table } of tables) {
    found.push(
      ...(await run.store.rows(
        `select '${table}' as found_in, cast(t as varchar) as text from "${table}" as t where contains(lower(cast(t as varchar)), '${CANARY}') limit 3`,
      )),
    );
  }
  return found;
}

test('no secret and no content of a stream is stored, whatever its bodies are', async () => {
  await using run = await hubRun({ partitions: 1 });
  const append = (body: Uint8Array | string) =>
    run.peer.append('0', { body: Buffer.from(body as string) });
  for (const { stem } of listSources()) {
    const lines = Object.values(SECRETS).flatMap((text, no) => telemetryWith(text, stem, no));
    append([...lines, ...telemetryWithContent(stem)].join('\n'));
  }
  for (const text of Object.values(SECRETS)) {
    append(text);
    append(`{"records":[{"Type":"AppRequests","note":"${CANARY}`);
    append(deflateSync(text).subarray(0, 12));
    append(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from(text)]));
  }
  const said: string[] = [];

  const summary = await run.ingest({ onProgress: (each) => said.push(JSON.stringify(each)) });

  expect(summary.stored).toBeGreaterThan(400);
  expect(summary.rejected).toBeGreaterThan(400);
  expect(summary.redacted['bearer_token']).toBeGreaterThan(100);
  expect(await textsWithCanary(run)).toEqual([]);
  expect(said.join('\n') + JSON.stringify(summary)).not.toContain(CANARY);
});

const OWN = `-- source: AiUsage
-- recognised: fields id words

select
    record_id,
    0 as item_no,
    pick(k, v, 'id') as natural_key,
    cast(1 as smallint) as source_rank,
    case when pick(k, v, 'refuse') is not null then 'cannot use ' || pick(k, v, 'words') end as reject_reason,
    pick(k, v, 'layer') as layer,
    'tokens' as kind,
    timestamptz '2026-11-20 10:00:00Z' as occurred_at,
    pick(k, v, 'words') as model,
    json_object('words', pick(k, v, 'words')) as tags,
    cast(coalesce(pick(k, v, 'number'), '1') as bigint) as weight

from records
`;

test("a user's own source is cleaned like ours, and what it cannot read is not quoted", async () => {
  using folder = temporaryFolder();
  const mapping = join(folder.path, 'usage.sql');
  writeFileSync(mapping, OWN);
  await using run = await hubRun({ partitions: 1 });
  const append = (record: object) =>
    run.peer.append('0', { body: Buffer.from(JSON.stringify(record)) });
  for (const [id, words] of Object.entries(SECRETS)) {
    append({ id, words, layer: words });
    append({ id, words, layer: 'model', refuse: 1 });
  }

  const kinds = Object.keys(SECRETS).length;
  expect(await run.ingest({}, { mapping })).toMatchObject({ stored: kinds, rejected: kinds });
  expect(await textsWithCanary(run)).toEqual([]);

  append({ id: 'last', words: 'x', layer: 'model', number: `pwd=${CANARY}` });
  const failure = await run.ingest({}, { mapping }).then(String, (error: Error) => error);
  expect(failure).toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(
      /usage\.sql: Conversion Error: Could not convert string … to INT64/,
    ),
  });
  expect(JSON.stringify([failure, (failure as Error).stack])).not.toContain(CANARY);
});
