import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportParquet } from '../../reports/lake/export-parquet.ts';
import { lakeTables } from '../../reports/lake/tables.ts';
import { type Row, Store } from '../../store/store.ts';
import { ask, type Fleet, hashOf, makeFleet, refused, temporaryFolder } from './fleet.ts';

const TABLES = ['tool_calls', 'events'];

let fleet: Fleet;
/** What an undisturbed export wrote, once for all tests. */
let whole: Readonly<Record<string, string>>;

beforeAll(async () => {
  fleet = await makeFleet(80, '2026-11-14');
  const folder = join(fleet.folder, 'whole');
  await exported(folder, '--tables', TABLES.join(','));
  whole = filesIn(folder);
});
afterAll(() => fleet.remove());

const exported = (out: string, ...more: readonly string[]) =>
  ask(['export', 'parquet', '--partition', 'day', '--out', out, ...more, '--db', fleet.db]);

interface Manifest {
  readonly pending: readonly string[];
  readonly files: Readonly<
    Record<string, { readonly rows: number; readonly bytes: number; readonly sha256: string }>
  >;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8')) as Manifest;

/** The hash of every Parquet file by its path. */
function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths
      .filter((path) => path.endsWith('.parquet'))
      .sort()
      .map((path) => [path, hashOf(join(folder, path))]),
  );
}

async function rowsOf(folder: string, table: string): Promise<Row[]> {
  using store = await Store.inMemory();
  // Awaited here: a store that is closed stops what it is asked.
  return await store.rows(
    `select * from read_parquet($files, hive_partitioning = true) order by all`,
    {
      files: `${folder}/${table}/*/*.parquet`,
    },
  );
}

test('every table is whole, by day, and DuckDB reads it as one', async () => {
  const folder = join(temporaryFolder(), 'lake');
  const { code, out, err } = await exported(folder);
  expect({ code, out }, err).toEqual({ code: 0, out: '' });

  using store = await Store.openToRead(fleet.db);
  for (const { name, at } of lakeTables(undefined)) {
    const [there] = await store.rows(
      `select count(*) as rows, count(distinct ${at}::date) as days from ${name}`,
    );
    expect(there?.['rows'], name).toBeGreaterThan(0);
    const [same] = await store.rows(
      `with lake as (
         select * from read_parquet($files, hive_partitioning = true, hive_types = {'day': date})
       )
       select
         (select count(*) from lake) as rows,
         (select count(distinct day) from lake) as days,
         (select count(*) from lake where day is distinct from ${at}::date) as misplaced,
         (select count(*) from (select * exclude (day) from lake except all from ${name})) as other`,
      { files: `${folder}/${name}/*/*.parquet` },
    );
    expect(same, name).toEqual({ ...there, misplaced: 0, other: 0 });
  }
  const { files, pending } = manifestOf(folder);
  expect(pending).toEqual([]);
  expect(
    Object.fromEntries(Object.entries(files).map(([path, file]) => [path, file.sha256])),
  ).toEqual(filesIn(folder));
  const calls = Object.entries(files).filter(([path]) => path.startsWith('tool_calls/'));
  expect(calls.reduce((sum, [, { rows }]) => sum + rows, 0)).toBe(80);
  expect(readdirSync(folder)).not.toContain('_unfinished');
  const [codec] = await store.rows('select distinct compression from parquet_metadata($file)', {
    file: join(folder, calls[0]?.[0] ?? ''),
  });
  expect(codec).toEqual({ compression: 'ZSTD' });
});

test('a second export replaces the days that it writes, and says so', async () => {
  const folder = join(temporaryFolder(), 'lake');
  await exported(folder, '--tables', 'tool_calls');
  const before = filesIn(folder);
  const [first = '', second = ''] = Object.keys(before);
  // The first day is damaged, the second is gone; what is of no export stays out of sight.
  writeFileSync(join(folder, first), 'damaged');
  rmSync(join(folder, second));
  writeFileSync(join(folder, 'tool_calls', '.DS_Store'), '');

  const { code, err } = await exported(folder, '--tables', 'tool_calls');

  expect(code).toBe(0);
  const days = Object.keys(before).length;
  expect(err).toMatch(
    new RegExp(
      `^export: tool_calls 80 rows, [\\d,]+ bytes: 1 day written, 1 day replaced, ${days - 2} days unchanged, 1 that was not what the manifest said made anew\n`,
    ),
  );
  expect(filesIn(folder)).toEqual(before);
});

test('a window is of whole days, and other days stay as they are', async () => {
  const folder = join(temporaryFolder(), 'lake');
  const { err } = await exported(
    folder,
    '--from',
    '2026-11-15T12:00:00Z',
    '--to',
    '2026-11-16T00:00:01Z',
  );

  expect(err).toContain('days: 2026-11-15 to 2026-11-16, whole ones\n');
  const days = readdirSync(join(folder, 'events')).sort();
  expect(days).toEqual(['day=2026-11-15', 'day=2026-11-16']);
  await exported(folder, '--from', '2026-11-17', '--to', '2026-11-18', '--tables', 'events');
  expect(readdirSync(join(folder, 'events')).sort()).toEqual([...days, 'day=2026-11-17']);
  for (const [path, hash] of Object.entries(filesIn(folder))) {
    if (TABLES.includes(path.split('/')[0] ?? ''))
      expect([path, hash]).toEqual([path, whole[path]]);
  }

  const none = await exported(folder, '--from', '2025-01-01', '--to', '2025-01-02');
  expect(none.code).toBe(0);
  expect(none.err).toContain('export: no row is in these days; nothing was written\n');
});

test.each(['while a file is written', 'before the first'])(
  'an export that is killed %s leaves no half of a file, and the next one is whole',
  async (when) => {
    const folder = join(temporaryFolder(), 'lake');
    mkdirSync(folder);
    using store = await Store.openToRead(fleet.db);
    let files = when === 'before the first' ? 0 : 5;
    const killed = new Proxy(store, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        if (key !== 'writeParquet') return member.bind(target);
        return async (file: string, rows: never) => {
          files -= 1;
          if (files >= 0) return target.writeParquet(file, rows);
          writeFileSync(file, 'PAR1 and no more');
          throw new Error('killed');
        };
      },
    });
    const options = { folder, tables: lakeTables(TABLES.join(',')), days: undefined };
    await expect(exportParquet(killed, options)).rejects.toThrow('killed');

    const there = filesIn(folder);
    expect(Object.keys(there)).toHaveLength(when === 'before the first' ? 0 : 5);
    for (const [path, hash] of Object.entries(there)) expect(hash, path).toBe(whole[path]);
    const { pending, files: listed } = manifestOf(folder);
    expect(listed).toEqual({});
    expect(pending).toEqual(Object.keys(whole));

    await exportParquet(store, options);
    expect(filesIn(folder)).toEqual(whole);
    expect(manifestOf(folder).pending).toEqual([]);
  },
);

test('days that the store has no more: older ones are left, those between others are gone', async () => {
  const folder = join(temporaryFolder(), 'lake');
  await exported(folder, '--tables', 'tool_calls');
  const { files } = manifestOf(folder);
  const [some = ''] = Object.keys(files);
  const ghosts = ['2020-01-01', '2026-12-24'].map((day) =>
    some.replace(/day=[\d-]+/, `day=${day}`),
  );
  const listed = { ...files };
  for (const ghost of ghosts) {
    mkdirSync(join(folder, ghost, '..'), { recursive: true });
    writeFileSync(join(folder, ghost), readFileSync(join(folder, some)));
    listed[ghost] = files[some] as NonNullable<(typeof files)[string]>;
  }
  writeFileSync(
    join(folder, '_manifest.json'),
    JSON.stringify({ schemaVersion: 1, pending: [], files: listed }),
  );

  const { err } = await exported(folder, '--tables', 'tool_calls');

  expect(err).toMatch(/ unchanged, 1 day removed, 1 that the store has no more left as it is\n/);
  expect(ghosts.map((ghost) => existsSync(join(folder, ghost)))).toEqual([true, false]);
});

test('what is somebody else’s is refused, and nothing is written', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'rows.csv');
  writeFileSync(file, 'a\n');
  expect(await exported(folder)).toEqual(
    refused(
      `'${folder}' holds 'rows.csv', and no _manifest.json says that an export made it.`,
      'Name an empty folder, or one that does not exist yet, with --out.',
    ),
  );
  expect(await exported(file)).toEqual(
    refused(`'${file}' is not a folder.`, 'Make it, or name another folder with --out.'),
  );
  expect(await exported(join(folder, 'a', 'b'))).toEqual(
    refused(
      `There is no folder '${join(folder, 'a')}' to make '${join(folder, 'a', 'b')}' in.`,
      'Make it, or name another folder with --out.',
    ),
  );
  const lake = join(folder, 'lake');
  await exported(lake, '--tables', 'sessions');
  const before = filesIn(lake);
  const [mine = ''] = Object.keys(before);
  const other = join(lake, mine, '..', 'other.parquet');
  writeFileSync(other, 'not ours');
  utimesSync(other, 0, 0);
  expect(await exported(lake)).toEqual(
    refused(
      `'${other}' was not written by an export: _manifest.json does not list it.`,
      'Move it away, or name another folder with --out; nothing was written.',
    ),
  );
  rmSync(other);
  expect(filesIn(lake)).toEqual(before);
  writeFileSync(join(lake, '_manifest.json'), '{"schemaVersion":2,"files":{}}');
  expect(await exported(lake)).toEqual(
    refused(
      `'${join(lake, '_manifest.json')}' is not what this mcp-witness wrote: its schemaVersion is 2, not 1`,
      'Name another folder with --out; this one was left as it is.',
    ),
  );
});

test('unknown tables, a store without rows and days that are none are told', async () => {
  const folder = temporaryFolder();
  const lake = join(folder, 'lake');
  expect(await exported(lake, '--tables', 'tool_calls,agents')).toEqual(
    refused(
      "--tables cannot be 'tool_calls,agents': 'agents' is no published table with a time.",
      'Name some of tool_calls, events, auth_attempts, model_calls, sign_ins, approvals, sessions, slo_verdicts, control_verdicts, with commas between them.',
    ),
  );
  const empty = join(folder, 'empty.duckdb');
  (await Store.openToWrite(empty)).close();
  const args = ['export', 'parquet', '--out', lake, '--tables', 'tool_calls', '--db', empty];
  expect(await ask(args)).toEqual(
    refused(
      `'${empty}' has no rows in tool_calls.`,
      "Bring evidence into it with 'mcp-witness ingest', make calls of it with 'mcp-witness correlate', or name another database with --db.",
    ),
  );
  expect(existsSync(lake)).toBe(false);
  expect((await exported(lake, '--partition', 'hour')).code).toBe(2);
});

test('a stop ends after a whole file, and says so', async () => {
  const lake = join(temporaryFolder(), 'lake');
  const args = ['export', 'parquet', '--out', lake, '--tables', TABLES.join(','), '--db', fleet.db];
  const stop = new AbortController();
  let files = 0;
  const progress = () => {
    files += 1;
    if (files === 3) stop.abort();
  };
  const { code, err } = await ask(args, { signal: stop.signal, progress });

  expect(code).toBe(130);
  expect(err).toContain('export: stopped; files in place are whole');
  expect(Object.keys(manifestOf(lake).files)).toHaveLength(3);
  expect(await rowsOf(lake, 'tool_calls')).not.toEqual([]);
});
