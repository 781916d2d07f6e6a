import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatchMapper } from '../../ingest/batch.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { readMapping } from '../../ingest/mapping.ts';
import { listSources } from '../../ingest/sources.ts';
import { type Row, Store } from '../../store/store.ts';
import { filesWith } from './bytes.ts';
import { CANARY, SECRETS, telemetryWith, telemetryWithContent } from './canaries.ts';

const stems = listSources().map(({ stem }) => stem);
const kinds = Object.keys(SECRETS).length;

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-test-'));
  for (const name of ['in', 'content', 'db']) mkdirSync(join(folder, name));
  for (const stem of stems) {
    const lines = Object.values(SECRETS).flatMap((text, no) => telemetryWith(text, stem, no));
    writeFileSync(join(folder, 'in', `${stem}.ndjson`), lines.join('\n'));
    writeFileSync(join(folder, 'content', `${stem}.ndjson`), telemetryWithContent(stem).join('\n'));
  }
  store = await Store.openToAdd(join(folder, 'db', 'witness.duckdb'));
  // Texts that are compressed could not be found in the file.
  await store.script("pragma force_compression = 'uncompressed'");
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What lies in the folder of the database, and where in its tables, that holds a canary. */
async function leaks(): Promise<string[]> {
  const files = filesWith(join(folder, 'db'), CANARY);
  return files.length === 0 ? [] : [...files, ...(await store.hold(columnsWithCanary))];
}

async function columnsWithCanary(): Promise<string[]> {
  const columns = await store.rows(
    "select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal and data_type in ('VARCHAR', 'JSON') and table_name in (select table_name from duckdb_tables() where not temporary)",
  );
  const found: string[] = [];
  for (const { table_name: table, column_name: column } of columns) {
    const [row] = await store.rows(
      `select min(cast("${column}" as varchar)) as text from "${table}" where contains(cast("${column}" as varchar), $canary)`,
      { canary: CANARY },
    );
    if (row?.['text'] != null) found.push(`${table}.${column}: ${row['text']}`);
  }
  return found;
}

test.each(stems)(
  'no secret in any field of %s, and no content beside them, is stored',
  async (stem) => {
    const files = ['in', 'content'].map((part) => join(folder, part, `${stem}.ndjson`));
    const meanwhile: string[] = [];
    const { received, stored, duplicate, rejected, redacted } = await ingestFiles(store, files, {
      key: 'k',
      table: stem,
      onProgress: () => meanwhile.push(...filesWith(join(folder, 'db'), CANARY)),
    });

    // Of each kind at least one got in, as an event or a copy of one, and one was set aside.
    expect(stored + duplicate).toBeGreaterThanOrEqual(kinds);
    expect(rejected).toBeGreaterThanOrEqual(kinds);
    expect(received).toBeGreaterThanOrEqual(linesOf(files));
    // Where all that has secrets is a copy of what another source has stored, only the rest is new.
    const isNew = stored > linesOf(files.slice(1));
    if (isNew) expect(Object.keys(redacted)).toEqual(expect.arrayContaining(['api_key']));
    expect(meanwhile).toEqual([]);
    expect(await leaks()).toEqual([]);
  },
);

/** Each is a record at least. */
function linesOf(files: readonly string[]): number {
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n')).length;
}

test('what is no secret is found in the file, so that a secret would be', () => {
  expect(filesWith(join(folder, 'db'), 'ApiManagementGatewayLogs')).toHaveLength(1);
});

/** Columns that ingest makes itself. */
const MADE = ['event_id', 'source_table', 'source_rank', 'content_hash', 'batch_id', 'record_no'];
/** Columns of few words; no other text can stand there (test/event-hubs/own-records.test.ts). */
const OF_WORDS = ['layer', 'agent_id_source', 'authorization_mode', 'approval_result'];
const FOR_PEOPLE = ['caller_identity', 'approver', 'caller_ip'];

let columns: readonly string[];
beforeAll(async () => {
  columns = await textColumns();
});

async function textColumns(): Promise<string[]> {
  using empty = await Store.inMemory();
  const rows = await empty.rows(
    "select column_name from duckdb_columns() where table_name = 'events' and data_type in ('VARCHAR', 'JSON')",
  );
  return rows
    .map((row) => String(row['column_name']))
    .filter((name) => ![...MADE, ...OF_WORDS].includes(name));
}

/** A user's own source that takes every text of an event from a field of its name. */
function ownSource(): string {
  const path = join(folder, 'own.sql');
  const picked = columns.map((name) =>
    name === 'tags'
      ? `json_object('name', pick(k, v, 'tags'), 'owner', pick(k, v, 'owner'), 'list', [pick(k, v, 'tags')], coalesce(pick(k, v, 'tags'), 'x'), json_object('deep', pick(k, v, 'tags'))) as tags`
      : `pick(k, v, '${name}') as ${name}`,
  );
  writeFileSync(
    path,
    `-- source: Own
select
    record_id,
    0 as item_no,
    pick(k, v, 'no') as natural_key,
    cast(1 as smallint) as source_rank,
    case when pick(k, v, 'reject') is not null then pick(k, v, 'reject') end as reject_reason,
    'platform' as layer,
    now() as occurred_at,
    cast(1 as bigint) as weight,
    pick(k, v, 'arguments') as arguments_text,
    ${picked.join(',\n    ')}
from records`,
  );
  return path;
}

async function mapOwn(
  own: Store,
  records: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const mapper = await BatchMapper.prepare(own, {
    key: 'k',
    apis: [],
    mapping: readMapping(ownSource()),
  });
  const text = Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
  await mapper.add(
    { no: 1, name: 'own', observedAt: '2026-11-20T00:00:00Z' },
    { text, firstNo: 1, count: records.length },
  );
  await mapper.map();
  await mapper.commit();
}

/** Events in the order of these texts; each has its own in all of the columns. */
async function everywhere(texts: readonly string[], names: readonly string[]): Promise<Row[]> {
  using own = await Store.inMemory();
  await mapOwn(
    own,
    texts.map((text, no) => ({
      no: String(no),
      ...Object.fromEntries(names.map((name) => [name, text])),
    })),
  );
  const events = await own.rows('select * exclude (content_hash) from events order by record_no');
  expect(events).toHaveLength(texts.length);
  return events;
}

describe('every text of an event', () => {
  test('loses every kind of secret, and so does why a record is set aside', async () => {
    using own = await Store.inMemory();
    await mapOwn(
      own,
      Object.entries(SECRETS).flatMap(([kind, text]) => {
        const everywhere = Object.fromEntries([...columns, 'owner'].map((name) => [name, text]));
        return [
          { no: kind, ...everywhere, arguments: text },
          { no: kind, ...everywhere, reject: text },
        ];
      }),
    );

    const events = await own.rows('select * exclude (content_hash) from events');
    const texts = events.flatMap((event) => Object.entries(event));
    expect(events).toHaveLength(Object.keys(SECRETS).length);
    expect(texts.filter(([, text]) => String(text).includes(CANARY))).toEqual([]);
    expect(texts.filter(([name, text]) => columns.includes(name) && text === null)).toEqual([]);
    const rejects = await own.rows('select reason, excerpt from rejected_records');
    expect(JSON.stringify(rejects)).not.toContain(CANARY);
    const counts = await own.rows(
      'select column_name, sum(redacted) as n from redactions group by all order by n',
    );
    expect(counts.map((row) => row['column_name']).sort()).toEqual([...columns].sort());
    expect(counts[0]?.['n']).toBeGreaterThanOrEqual(events.length);
  });

  test('has an e-mail address only where it is made for people', async () => {
    const texts = [
      `${CANARY}@contoso.com`,
      `mail to ${CANARY.toUpperCase()}@contoso.com, please`,
      `/users/${CANARY}%40contoso.com/messages`,
      `${CANARY}_x.com#EXT#@contoso.onmicrosoft.com`,
    ];
    const events = await everywhere(texts, [...columns, 'owner']);

    for (const [no, text] of texts.entries()) {
      const event = events[no];
      const { owner, ...tags } = JSON.parse(String(event?.['tags'])) as Record<string, unknown>;
      expect(owner).toBe(text);
      for (const name of columns.filter((each) => each !== 'tags')) {
        if (FOR_PEOPLE.includes(name)) expect(event?.[name]).toBe(text);
        else expect(event?.[name]).toContain('identity-');
      }
      expect(JSON.stringify(tags)).not.toMatch(new RegExp(CANARY, 'i'));
    }
  });

  test('has an address only where it is made for addresses', async () => {
    const texts = [
      '203.0.113.9',
      'from 203.0.113.9:443',
      '/hosts/203.0.113.9/x',
      'sess_203.0.113.9_1',
      '2001:db8::7',
    ];
    const events = await everywhere(texts, columns);

    for (const [no, text] of texts.entries()) {
      const event = events[no];
      const readable = columns.filter(
        (name) =>
          String(event?.[name]).includes('113.9') || String(event?.[name]).includes('db8::'),
      );
      expect(readable.sort(), text).toEqual(
        [
          ...FOR_PEOPLE,
          'client_version',
          'downstream_resource',
          'server_id',
          'server_version',
        ].sort(),
      );
    }
  });

  test('stays apart where two ids are secrets, and is one where they are the same', async () => {
    using own = await Store.inMemory();
    const call = { layer: 'gateway', kind: 'call' };
    await mapOwn(own, [
      { no: '1', ...call, mcp_session_id: 'eyJhbGciOiJSUzI1NiJ9.session.one' },
      { no: '2', ...call, mcp_session_id: 'eyJhbGciOiJSUzI1NiJ9.session.two' },
      { no: '3', ...call, mcp_session_id: 'eyJhbGciOiJSUzI1NiJ9.session.two' },
    ]);

    const rows = await own.rows(
      'select mcp_session_id as id, count(*) as n from events group by all order by n',
    );
    expect(rows).toEqual([
      { id: expect.stringMatching(/^redacted-[0-9a-f]{24}$/), n: 1 },
      { id: expect.stringMatching(/^redacted-[0-9a-f]{24}$/), n: 2 },
    ]);
  });

  test('keeps what is none', async () => {
    const harmless = [
      'Mozilla/5.0 (X11) Chrome/120.0.0.0 Safari/537.36',
      'azsdk-net-Core/1.44.1.0',
      'std::runtime_error',
      'result_code=-32602',
      '@scope/server-tools',
      'Supervisor:68',
      '10:20:30',
      'tools/call get_key',
      'TokenSignatureInvalid',
      'primary key of the table',
      'basic',
    ].sort();
    using own = await Store.inMemory();
    const event = { layer: 'gateway', kind: 'call' };
    await mapOwn(
      own,
      harmless.map((text) => ({ ...event, no: text, client_name: text, error_type: text })),
    );

    const rows = await own.rows('select client_name as a, error_type as b from events order by a');
    expect(rows).toEqual(harmless.map((text) => ({ a: text, b: text })));
  });
});
