import { expect, test } from 'vitest';
import { schemaOf } from '../../ingest/config/schema.ts';
import { readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';

/** Columns of events that ingest makes itself, and so are no part of what a copy is told by. */
const MADE = ['event_id', 'source_rank', 'content_hash', 'batch_id', 'record_no'];
async function columnsOfEvents(): Promise<{ name: string; type: string }[]> {
  using store = await Store.inMemory();
  const rows = await store.rows('describe events');
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
  }));
}

const words = (sql: string): Set<string> => new Set(sql.match(/[a-z_]+/g));

const isText = ({ type }: { type: string }) => type === 'VARCHAR' || type === 'JSON';

test.each(['identify', 'rehash', 'rehash_stored'])(
  'two copies of an event are told apart by every column that a source gives, in %s',
  async (step) => {
    const hash = /\bhash\(([^)]*)\)/.exec(readSqlFile(`ingest/steps/${step}.sql`).sql)?.[1] ?? '';
    const given = (await columnsOfEvents()).filter(({ name }) => !MADE.includes(name));

    expect(hash.match(/[a-z_]+/g)).toEqual(given.map(({ name }) => name));
  },
);

test.each([
  ['identify', /needs_cleaning\(concat_ws\(([\s\S]*)\)\) as is_dirty/],
  ['dirty_texts', /select\n([\s\S]*)from mapped/],
  ['clean', /set\n([\s\S]*)from clean_texts/],
])('%s looks at every text', async (step, part) => {
  const text = part.exec(readSqlFile(`ingest/steps/${step}.sql`).sql)?.[1] ?? '';
  const texts = (await columnsOfEvents()).filter(isText);

  expect(texts.length).toBeGreaterThan(20);
  expect(
    texts.filter(({ name }) => !words(text).has(name) && !(step === 'clean' && name === 'tags')),
  ).toEqual([]);
});

test('what may be kept are the texts that are neither for people nor of our own choice', async () => {
  const made = [
    'source_table',
    'layer',
    'kind',
    'agent_id_source',
    'agent_id_kind',
    'inbound_auth',
  ];
  const decided = [
    'authorization_mode',
    'approval_result',
    'caller_identity',
    'approver',
    'caller_ip',
  ];
  const texts = (await columnsOfEvents()).filter(isText).map(({ name }) => name);
  const { properties } = schemaOf('config') as { properties: Record<string, never> };
  const { keep } = (properties['redaction'] as unknown as { properties: Record<string, never> })
    .properties as unknown as { keep: { items: { enum: string[] } } };

  expect(keep.items.enum).toEqual(
    texts.filter((name) => ![...made, ...decided].includes(name)).sort(),
  );
});
