import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { parseSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';
import { BothEngines } from './both-engines.ts';
import { ClickHouse } from './clickhouse.ts';

/** Each function of the prelude over the values of samples.sql that it may be given. */
const CASES: Readonly<Record<string, string>> = {
  x_us: 'select begun_at, x_us(begun_at) as answer from times',
  x_ts: 'select text, x_ts(text) as answer from texts',
  x_ms_between:
    'select x_ms_between(begun_at, ended_at) as answer, x_ms_between(ended_at, begun_at) as back from times',
  x_bin: 'select x_bin(begun_at, 3600) as hour_at, x_bin(begun_at, 86400) as day_at from times',
  x_div: 'select a, b, x_div(a, b) as answer from numbers_of',
  x_int: 'select text, x_int(text) as answer from texts',
  x_float: 'select text, x_float(text) as answer from texts',
  x_json1:
    "select text, x_json1(text, 'a') as answer, x_json1(text, 'b.c') as dotted from documents",
  x_texts: 'select x_texts(name) as names, x_texts(position) as numbers from entries',
  x_median: 'select median_of, x_median(x) as answer from floats group by median_of',
  x_join: "select x_join(x_texts(name), ',') as answer from entries",
  x_null: 'select lag(x_null(a)) over (order by a, b) as answer from numbers_of',
  x_glob: 'select text, pattern, x_glob(text, pattern) as answer from texts cross join patterns',
  x_uuid: 'select x_uuid(text) as answer from texts',
  x_text: 'select x_text(a) as number, x_text(name) as word from numbers_of cross join entries',
  x_time_text: 'select x_time_text(begun_at) as begun, x_time_text(ended_at) as ended from times',
  // From 1e16 on DuckDB writes an exponent; nothing of ours is counted or measured so high.
  x_number_text:
    'select x_number_text(a) as whole, x_number_text(x) as double from numbers_of cross join floats',
  x_contains:
    'select a.text, x_contains(a.text, b.text) as answer from texts as a cross join texts as b',
  x_lower: 'select x_lower(text) as answer from texts',
  x_split: "select x_split(text, ',') as answer from texts where text is not null",
  x_each: "select text, x_each(x_split(text, ',')) as answer from texts",
  x_month: 'select x_month(begun_at) as answer from times',
  x_add_months:
    'select x_add_months(x_month(begun_at), 13) as answer, x_add_months(begun_at, 1) as next from times',
  x_share: 'select x_share(amount, part, whole) as answer from amounts',
  x_is_version_of:
    'select x_is_version_of(a.text, b.text) as answer from texts as a cross join texts as b',
  x_to_uuid: 'select text, x_to_uuid(text) as answer from texts',
  x_json_list: "select text, x_each(x_json_list(text, 'names')) as answer from documents",
  x_add_ms:
    'select x_add_ms(begun_at, x) as answer from times cross join floats where x is not null',
  x_bytes: 'select text, x_bytes(text) as answer from texts',
};

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-prelude-'));
const clickHouse = new ClickHouse(join(folder, 'clickhouse'));
let store: Store;
let both: BothEngines;

beforeAll(async () => {
  store = await Store.inMemory();
  await store.script(readFileSync(packagePath('test/engines/samples.sql'), 'utf8'));
  both = new BothEngines(store, clickHouse, folder);
});

afterAll(() => {
  store.close();
  clickHouse[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.entries(CASES))('%s is the same function on both engines', async (name, sql) => {
  const { rows, differences } = await both.answers(parseSqlFile(name, sql));

  expect(differences).toEqual([]);
  expect(rows).toBeGreaterThan(0);
});

test('every function of the prelude is compared', () => {
  const prelude = readFileSync(packagePath('store/prelude/duckdb.sql'), 'utf8');
  const names = [...prelude.matchAll(/\bmacro (x_\w+)/g)].map(([, name]) => name);

  expect(names.filter((name) => name === undefined || !(name in CASES))).toEqual([]);
});
