import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { statementsIn } from '../../store/clickhouse/schema.ts';
import { Store } from '../../store/store.ts';
import { ONLY_IN_DUCKDB } from './only-in-duckdb.ts';

const TYPE: Readonly<Record<string, string>> = {
  VARCHAR: 'String',
  JSON: 'String',
  UUID: 'String',
  BOOLEAN: 'Bool',
  SMALLINT: 'Int16',
  INTEGER: 'Int32',
  BIGINT: 'Int64',
  UBIGINT: 'UInt64',
  DOUBLE: 'Float64',
  'DECIMAL(38,12)': 'Decimal(38, 12)',
  'TIMESTAMP WITH TIME ZONE': "DateTime64(6, 'UTC')",
};

const folder = packagePath('store/clickhouse/schema');
const statements = readdirSync(folder).flatMap((name) =>
  statementsIn(readFileSync(`${folder}/${name}`, 'utf8')),
);

/** The columns of a table of ClickHouse, each as 'name type'. */
function storedColumns(table: string): string[] {
  const made = statements.find((each) => each.includes(`table if not exists ${table}_stored (`));
  const [, lines = ''] = /\(\n([\s\S]*?)\n\)\nengine/.exec(made ?? '') ?? [];
  const added = statements.flatMap((each) => {
    const [, column = ''] = /add column if not exists (.*)$/.exec(each) ?? [];
    // What has a default is ClickHouse's own.
    return each.includes(`alter table ${table}_stored `) && !/ default /.test(column)
      ? [column]
      : [];
  });
  return [...lines.split('\n'), ...added]
    .map((line) => line.trim().replace(/,$/, '').replaceAll('"', ''))
    .filter((line) => line !== '' && !/^(--|generation |day |preference )/.test(line));
}

/** The names that a view of ClickHouse shows. */
function shownColumns(view: string): string[] {
  const made = statements.findLast((each) => each.includes(`replace view ${view} as\n`)) ?? '';
  return [...made.matchAll(/^ {4}(?:\S.* as )?"?(\w+)"?,?$/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'case');
}

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

test('every table of DuckDB is in ClickHouse, with its columns and their types', async () => {
  const tables = await store.rows(
    'select table_name as name from duckdb_tables() where not internal order by name',
  );
  const names = tables.map(({ name }) => String(name));
  const shared = names.filter((name) => !ONLY_IN_DUCKDB.includes(name));

  expect(names.filter((name) => storedColumns(name).length === 0)).toEqual(ONLY_IN_DUCKDB);
  for (const table of shared) {
    const columns = await store.rows(`select * from (describe ${table})`);
    const wanted = columns.map((column) => {
      const type = TYPE[String(column['column_type'])];
      return `${column['column_name']} ${column['null'] === 'YES' ? `Nullable(${type})` : type}`;
    });
    expect(storedColumns(table), table).toEqual(wanted);
    expect(shownColumns(table), table).toEqual(columns.map((column) => column['column_name']));
  }
});

test.each(['tool_calls', 'sign_ins'])(
  'the view %s has the columns that DuckDB has',
  async (view) => {
    const columns = await store.rows(`select * from (describe ${view})`);

    expect(shownColumns(view)).toEqual(columns.map((column) => column['column_name']));
  },
);
