import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { statementsIn } from '../../store/clickhouse/schema.ts';
import { definitions, SPREAD_BY } from '../../store/clickhouse/spread.ts';
import { MOVED } from '../../store/moving/tables.ts';

const place = { url: 'http://127.0.0.1:8123', database: 'witness', cluster: 'main' };

const folder = packagePath('store/clickhouse/schema');
const statements = readdirSync(folder).flatMap((name) =>
  statementsIn(readFileSync(`${folder}/${name}`, 'utf8')),
);

const written: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a table': [
    '-- What it is for.\ncreate table if not exists events_stored (\n    event_id String\n)\nengine = MergeTree\norder by event_id',
    [
      "create table if not exists witness.events_stored_local on cluster 'main' (\n    event_id String\n)\nengine = MergeTree\norder by event_id",
      "create table if not exists witness.events_stored on cluster 'main' as witness.events_stored_local engine = Distributed('main', 'witness', 'events_stored_local', cityHash64(event_id))",
    ],
  ],
  'a table that is on one shard': [
    'create table turns (id String) engine = MergeTree order by id',
    [
      "create table witness.turns_local on cluster 'main' (id String) engine = MergeTree order by id",
      "create table witness.turns on cluster 'main' as witness.turns_local engine = Distributed('main', 'witness', 'turns_local', 0)",
    ],
  ],
  'a view': [
    'create or replace view events as\nselect 1 as a',
    ["create or replace view witness.events on cluster 'main' as\nselect 1 as a"],
  ],
  'a partition': [
    "alter table turns drop partition 'a'",
    ["alter table witness.turns_local on cluster 'main' drop partition 'a'"],
  ],
  'a column': [
    'alter table turns add column if not exists day UInt32',
    [
      "alter table witness.turns_local on cluster 'main' add column if not exists day UInt32",
      "alter table witness.turns on cluster 'main' add column if not exists day UInt32",
    ],
  ],
  'a table that goes': [
    'drop table if exists turns',
    [
      "drop table if exists witness.turns on cluster 'main'",
      "drop table if exists witness.turns_local on cluster 'main'",
    ],
  ],
  'a table of the session': [
    'create or replace temporary table a engine = MergeTree order by tuple() as select 1',
    ['create or replace temporary table a engine = MergeTree order by tuple() as select 1'],
  ],
  'a set': [
    "insert into a select b from c where d in (\n select e from f) and g not in (select h from i) and j in ('k') and l global not in (select m from n)",
    [
      "insert into a select b from c where d global in (\n select e from f) and g global not in (select h from i) and j in ('k') and l global not in (select m from n)",
    ],
  ],
  'rows of each shard': [
    'alter table turns delete where a in (select b from c_local)',
    ["alter table witness.turns_local on cluster 'main' delete where a in (select b from c_local)"],
  ],
  rows: ['insert into turns select 1', ['insert into turns select 1']],
};

test.each(Object.entries(written))('on a cluster: %s', (_, [statement, expected]) => {
  expect(definitions(place, statement)).toEqual(expected);
  expect(definitions({ ...place, cluster: undefined }, statement)).toEqual([statement]);
});

test('what is not known how to make on a cluster is not made on one server', () => {
  expect(() => definitions(place, 'create dictionary a')).toThrow('no statement for a cluster');
  for (const statement of statements) expect(definitions(place, statement)).not.toEqual([]);
});

/** What makes a table of the schema, behind its columns; undefined: it is not there. */
const engineOf = (table: string): string | undefined =>
  statements
    .find((each) => each.includes(`create table if not exists ${table} (`))
    ?.split('\nengine = ')[1];

test('copies of a row are of one shard: it is spread by a column that tells rows apart', () => {
  for (const [table, column] of Object.entries(SPREAD_BY)) {
    const engine = engineOf(table) ?? '';
    if (!engine.startsWith('Replacing')) continue;
    expect([table, /order by \(([^)]*)/.exec(engine)?.[1]?.split(', ')]).toEqual([
      table,
      expect.arrayContaining([column]),
    ]);
  }
  const byDay = MOVED.filter(({ at }) => at !== undefined).map(({ name }) => `${name}_stored`);
  expect(Object.keys(SPREAD_BY)).toEqual(expect.arrayContaining(byDay));
});
