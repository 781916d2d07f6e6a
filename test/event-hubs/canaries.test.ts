import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { listSources } from '../../ingest/sources.ts';
import type { Tally } from '../../ingest/tally.ts';
import { Store } from '../../store/store.ts';
import { CANARY, SECRETS, telemetryWith, telemetryWithContent } from '../ingest/canaries.ts';
import { CAPTURE, captured, writeAvro } from './captured.ts';
import { hubRun, temporaryFolder } from './hub-run.ts';

async function textsWithCanary(store: Store): Promise<unknown[]> {
  const tables = await store.rows(
    "select table_name from duckdb_tables() where schema_name = 'main' and not temporary",
  );
  const found: unknown[] = [];
  for (const { table_name: table } of tables) {
    found.push(
      ...(await store.rows(
        `select '${table}' as found_in, cast(t as varchar) as text from "${table}" as t where contains(lower(cast(t as varchar)), '${CANARY}') limit 3`,
      )),
    );
  }
  return found;
}

const KINDS = Object.values(SECRETS);

/** Bodies with secrets in every field of every source, so many kinds in each, and such that cannot be read. */
function bodies(kinds: number): Buffer[] {
  const good = listSources().map(({ stem }, index) => {
    const taken = Array.from({ length: kinds }, (_, no) => KINDS[(index + no) % KINDS.length]);
    const lines = taken.flatMap((text = '', no) => telemetryWith(text, stem, no));
    return [...lines, ...telemetryWithContent(stem)].join('\n');
  });
  const bad = KINDS.flatMap((text) => [
    text,
    `{"records":[{"Type":"AppRequests","note":"${CANARY}`,
    deflateSync(text).subarray(0, 12),
    Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from(text)]),
  ]);
  return [...good, ...bad].map((body) => Buffer.from(body as string));
}

interface Read {
  readonly summary: Tally;
  readonly store: Store;
}

type Told = (each: unknown) => void;

async function readStream(sent: readonly Buffer[], onProgress: Told): Promise<Read> {
  const run = await hubRun({ partitions: 1 });
  for (const body of sent) run.peer.append('0', { body });
  const summary = await run.ingest({ onProgress });
  await run.peer.stop();
  return { summary, store: run.store };
}

async function readCapture(sent: readonly Buffer[], onProgress: Told): Promise<Read> {
  using folder = temporaryFolder();
  const store = await Store.inMemory();
  const path = join(folder.path, '00.avro');
  const events = sent.map((body, no) => captured(no, body));
  await writeAvro(path, CAPTURE, events);
  return { summary: await ingestFiles(store, [path], { key: 'k', onProgress }), store };
}

/** What reads them, and how many kinds of secrets are in each source's. */
const ways = {
  // Every kind is in some source's; each in every source's is what files are read with (test/ingest/redaction.test.ts).
  'the stream': [readStream, 4],
  'a Capture file': [readCapture, 2],
} as const;

test.each(Object.entries(ways))(
  'no secret and no content that comes by %s is stored, whatever its bodies are',
  async (_, [read, kinds]) => {
    const share = kinds / KINDS.length;
    const said: string[] = [];

    const { summary, store } = await read(bodies(kinds), (each) => said.push(JSON.stringify(each)));

    expect(summary.stored).toBeGreaterThan(400 * share);
    expect(summary.rejected).toBeGreaterThan(400 * share);
    expect(summary.redacted['bearer_token']).toBeGreaterThan(100 * share);
    expect(await textsWithCanary(store)).toEqual([]);
    expect(said.join('\n') + JSON.stringify(summary)).not.toContain(CANARY);
    store.close();
  },
);

const OWN = `-- source: AiUsage
-- recognised: fields id words

select
    record_id,
    0 as item_no,
    pick(k, v, 'id') as natural_key,
    cast(1 as smallint) as source_rank,
    case when pick(k, v, 'refuse') is not null then 'cannot use ' || pick(k, v, 'words') end as reject_reason,
    pick(k, v, 'layer') as layer,
    coalesce(pick(k, v, 'kind'), 'tokens') as kind,
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
    append({ id, words, layer: 'platform', kind: words });
    append({ id, words, layer: 'model', refuse: 1 });
  }

  const kinds = Object.keys(SECRETS).length;
  expect(await run.ingest({}, { mapping })).toMatchObject({ stored: kinds, rejected: kinds });
  expect(await textsWithCanary(run.store)).toEqual([]);

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
