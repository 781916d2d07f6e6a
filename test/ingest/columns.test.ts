import { expect, test } from 'vitest';
import { readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';

/** Columns of events that ingest makes itself, and so are no part of what a copy is told by. */
const MADE = ['event_id', 'source_rank', 'content_hash', 'batch_id', 'record_no'];
/** Texts of which ingest itself chooses the words. */
const OWN_WORDS = [
  'source_table',
  'layer',
  'kind',
  'agent_id_source',
  'agent_id_kind',
  'authorization_mode',
  'approval_result',
  'inbound_auth',
];

async function columnsOfEvents(): Promise<{ name: string; type: string }[]> {
  using store = await Store.inMemory();
  const rows = await store.rows('describe events');
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
  }));
}

const words = (sql: string): Set<string> => new Set(sql.match(/[a-z_]+/g));

test('two copies of an event are told apart by every column that a source gives', async () => {
  const hash = /\bhash\(([^)]*)\)/.exec(readSqlFile('ingest/steps/identify.sql').sql)?.[1] ?? '';
  const given = (await columnsOfEvents()).filter(({ name }) => !MADE.includes(name));

  expect(given.filter(({ name }) => !words(hash).has(name))).toEqual([]);
});

test.each([
  ['identify', /needs_cleaning\(concat_ws\(([\s\S]*)\)\) as is_dirty/],
  ['clean', /set\n([\s\S]*)where/],
])('%s looks at every text that a sender may have written', async (step, part) => {
  const text = part.exec(readSqlFile(`ingest/steps/${step}.sql`).sql)?.[1] ?? '';
  const texts = (await columnsOfEvents()).filter(
    ({ name, type }) => (type === 'VARCHAR' || type === 'JSON') && !OWN_WORDS.includes(name),
  );

  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter(({ name }) => !words(text).has(name))).toEqual([]);
});
