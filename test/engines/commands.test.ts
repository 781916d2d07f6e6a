import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { keyCheckOf } from '../../ingest/pseudonym.ts';
import { simulate } from '../../simulate/simulate.ts';
import { ClickHouseConnection } from '../../store/clickhouse/connection.ts';
import { replaceTables } from '../../store/clickhouse/generations.ts';
import { openToAdd, openToWrite } from '../../store/engines.ts';
import { countOld } from '../../store/retention/retention.ts';
import { Store } from '../../store/store.ts';
import { type Answer, ask, NOW } from '../cli/fleet.ts';
import type { Told } from '../doctor/estate-run.ts';
import { toldOver } from '../doctor/told.ts';
import { ClickHouseServer } from './clickhouse-server.ts';
import { FLEET, hardFaults } from './fleet.ts';

const KEY = { MCP_WITNESS_KEY: 'test' };

let folder: string;
let server: ClickHouseServer;
/** Of each engine the config that names it. */
let configs: Configs;
/** The same with two definitions: what is said of each is said of all. */
let few: Configs;

interface Configs {
  readonly duckDb: string;
  readonly clickHouse: string;
}

const on = (config: string, ...args: readonly string[]): Promise<Answer> =>
  ask([...args, '--config', config], { env: KEY });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-commands-'));
  await simulate({ ...FLEET, calls: 100, folder, faults: hardFaults() });
  server = await ClickHouseServer.start();
  server.run('create database witness engine = Atomic');
  const duckDb = join(folder, 'mcp-witness.yaml');
  const clickHouse = join(folder, 'clickhouse.yaml');
  const store = `store: { engine: clickhouse, url: "${server.url}", database: witness }`;
  writeFileSync(clickHouse, readFileSync(duckDb, 'utf8').replace(/^store:.*$/m, store));
  configs = { duckDb, clickHouse };
  few = { duckDb: withFew(duckDb), clickHouse: withFew(clickHouse) };
}, 300_000);

function withFew(config: string): string {
  const slos = ['alerting', 'auth-success', 'approval-bypass'].map((name) =>
    packagePath('examples', 'slos', `${name}.yaml`),
  );
  const file = config.replace(/\.yaml$/, '-few.yaml');
  writeFileSync(file, `${readFileSync(config, 'utf8')}\nslos: ${JSON.stringify(slos)}\n`);
  return file;
}

afterAll(() => {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Numbers that say whether anything was lost or doubled, behind the views too. */
function inTables(): string {
  return server.run(
    `select
       (select count() from events_stored), (select count() from events),
       (select sum(received) from ingest_batches), (select sum(stored) from ingest_batches),
       (select count() from rejected_records), (select count() from commits)`,
    'witness',
  );
}

test('a kill within a commit loses nothing and doubles nothing', async () => {
  const files = ['ingest', 'files', join(folder, 'telemetry')];
  // Before the commit: nothing of it is there.
  server.meddle = ({ sql }) => (sql.startsWith('insert into commits') ? 'cut' : undefined);
  const before = await on(configs.clickHouse, ...files);
  expect(before.code, before.err).toBe(4);
  expect(inTables()).toBe('0\t0\t0\t0\t0\t0\n');

  // After it, in the middle of putting rows in their places: the next command does the rest.
  server.meddle = ({ sql }) =>
    sql.startsWith('insert into rejected_records_stored') ? 'cut afterwards' : undefined;
  const within = await on(configs.clickHouse, ...files);
  expect(within.code, within.err).toBe(4);

  server.meddle = () => undefined;
  const again = await on(configs.clickHouse, ...files);
  const once = await on(configs.duckDb, ...files);
  const [, received, stored] = /([\d,]+) records received = ([\d,]+) stored/.exec(once.err) ?? [];
  const number = (text = '') => Number(text.replaceAll(',', ''));
  expect(again.err).toContain(`${received} records received = 0 stored`);
  const events = server.run('select count() from events', 'witness').trim();
  expect(inTables().split('\t').slice(2, 4).map(Number)).toEqual([
    2 * number(received),
    number(stored),
  ]);
  expect(inTables().split('\t').slice(0, 2)).toEqual([events, events]);
  expect(inTables().split('\t').at(-1)).toBe('0\n');

  // The books of both have the same two readings.
  const replayed = await on(configs.duckDb, ...files);
  expect(replayed.err).toContain(`${received} records received = 0 stored`);
}, 300_000);

test('the memory of a commit is free for the next one', async () => {
  server.run('create database roomy engine = Atomic');
  const target = { engine: 'clickhouse', url: server.url, database: 'roomy' } as const;
  using store = await openToAdd({ ...target, user: undefined, password: undefined }, {}, []);
  const taken: number[] = [];
  for (const batch of [1, 2, 3]) {
    await store.hold(async () => {
      await store.run(
        `insert into events by name
         select uuid() as event_id, 0 as item_no, 'AppRequests' as source_table, 1 as source_rank, i as content_hash,
           $batch as batch_id, i as record_no, 'server' as layer, 'call' as kind, now() as occurred_at,
           md5(i::varchar) as operation_id, md5((i + 1)::varchar) as span_id, 1 as weight
         from range(20000) as t(i)`,
        { batch },
      );
      const [row] = await store.rows(
        'select sum(memory_usage_bytes)::double as bytes from duckdb_memory()',
      );
      taken.push(Number(row?.['bytes']));
    });
  }
  const [first = 0, , last = 0] = taken;
  expect(last).toBeLessThan(1.5 * first);
  expect(server.run('select count() from events', 'roomy')).toBe('60000\n');
});

test('a correlation that loses the server publishes nothing', async () => {
  server.meddle = ({ sql }) => (sql.includes('temporary table gateway_spans') ? 'cut' : undefined);
  const lost = await on(configs.clickHouse, 'correlate');
  server.meddle = () => undefined;

  expect(lost.code, lost.err).toBe(4);
  expect(server.run('select count() from correlated_calls', 'witness')).toBe('0\n');

  const [duckDb, clickHouse] = [
    await on(configs.duckDb, 'correlate'),
    await on(configs.clickHouse, 'correlate'),
  ];
  const calls = (answer: Answer) => answer.err.split('\n')[0];
  expect(clickHouse.code, clickHouse.err).toBe(0);
  expect(calls(clickHouse)).toBe(calls(duckDb));
}, 300_000);

const questions: Readonly<Record<string, readonly string[]>> = {
  'every call, every column': ['timeline', '--wide', '--format', 'csv', '--since', '30d'],
  'what fills the holes': ['coverage', '--fix', '--format', 'json'],
  'what each agent cost': ['cost', 'report', '--format', 'json'],
  'what shares an id': ['pivot', 'helpdesk-bot', '--format', 'json'],
  'a question by name': ['query', 'soc/noteworthy_calls', '--format', 'json'],
};

test.each(Object.entries(questions))(
  '%s is the same on both engines',
  async (_, args) => {
    const duckDb = await on(configs.duckDb, ...args);
    const clickHouse = await on(configs.clickHouse, ...args);

    expect(clickHouse.err).toBe(duckDb.err);
    expect(clickHouse.out).toBe(duckDb.out);
    expect(clickHouse.code).toBe(duckDb.code);
    expect(duckDb.out.length).toBeGreaterThan(200);
  },
  300_000,
);

test('doctor says the same of evidence on both engines', async () => {
  const evidence = async (config: string): Promise<readonly Told[]> => {
    const { rows } = await toldOver(config, { env: KEY });
    return rows.filter(({ area, check }) => area === 'evidence' || check === 'key');
  };
  const told = await evidence(configs.duckDb);

  expect(await evidence(configs.clickHouse)).toEqual(told);
  expect(told.filter(({ state }) => state !== 'skipped').length).toBeGreaterThan(7);
});

test('a lake has the same files from both engines', async () => {
  const files = async (config: string, name: string) => {
    const lake = join(folder, name);
    const days = ['--from', '2026-11-16', '--to', '2026-11-18'];
    const { code, err } = await on(config, 'export', 'parquet', '--out', lake, ...days);
    expect(code, err).toBe(0);
    const { files } = JSON.parse(readFileSync(join(lake, '_manifest.json'), 'utf8')) as {
      readonly files: Readonly<Record<string, { readonly rows: number }>>;
    };
    return { lake, rows: Object.entries(files).map(([path, { rows }]) => `${path} ${rows}`) };
  };
  const [duckDb, clickHouse] = [
    await files(configs.duckDb, 'lake'),
    await files(configs.clickHouse, 'lake-2'),
  ];
  expect(clickHouse.rows).toEqual(duckDb.rows);
  expect(duckDb.rows.length).toBeGreaterThan(10);
  using store = await Store.inMemory();
  for (const path of duckDb.rows.map((row) => row.split(' ')[0] ?? '')) {
    const [a, b] = [join(duckDb.lake, path), join(clickHouse.lake, path)];
    // Numbers of batches tell how often files were read, which the kills before made differ.
    const other = path.startsWith('events/') ? 'select * exclude (batch_id)' : '';
    const described = 'select column_name, column_type from (describe from read_parquet($file))';
    expect(await store.rows(described, { file: b }), path).toEqual(
      await store.rows(described, { file: a }),
    );
    const [row] = await store.rows(
      `select count(*) as different from (${other} from read_parquet($a) except all ${other} from read_parquet($b))`,
      { a, b },
    );
    expect([path, row]).toEqual([path, { different: 0 }]);
  }
}, 300_000);

/** On which config, and what it ends with. */
const judged: readonly (readonly ['all' | 'few', number, string])[] = [
  ['all', 6, 'slo report --format json --by agent'],
  ['few', 6, 'slo report'],
  ['few', 6, 'slo report --format junit'],
  ['few', 6, 'slo report --format sarif'],
  ['few', 6, 'slo report --format openmetrics'],
  ['few', 0, 'slo compare --format json'],
  ['few', 0, 'slo events auth-success --format json'],
  ['few', 6, 'readiness --of read_only --format json'],
  ['few', 0, 'report all --out report.html --force'],
];

test.each(judged)(
  'of %s definitions, with %i: %s is the same on both engines',
  (which, code, line) => compareOn(which === 'all' ? configs : few, code, line.split(' ')),
  300_000,
);

/** Runs one command line on both engines; a file that it writes is compared too. */
async function compareOn(
  { duckDb, clickHouse }: Configs,
  code: number,
  args: readonly string[],
): Promise<void> {
  const file = args.find((each) => each.startsWith('report.'));
  const out = join(folder, file ?? '');
  const run = async (config: string) => {
    const answer = await on(config, ...args.map((each) => (each === file ? out : each)));
    return { ...answer, file: file === undefined ? '' : readFileSync(out, 'utf8') };
  };
  const [first, second] = [await run(duckDb), await run(clickHouse)];

  expect(second).toEqual(first);
  expect(first.code, first.err).toBe(code);
  expect((first.out + first.file).length).toBeGreaterThan(200);
}

test('a run keeps the same verdicts on both engines, also when its first commit was cut short', async () => {
  const kept = `select * from (
      select slo, window_from, window_to, state, reason, definition_hash, judged_at, objective, target_ppm, good, bad, null as violating
      from slo_verdicts
      union all
      select slo, window_from, window_to, state, reason, definition_hash, judged_at, '', null, null, null, violating
      from control_verdicts
    ) as kept order by slo`;
  const said = (await on(few.duckDb, 'run')).out;
  server.meddle = ({ sql }) =>
    sql.startsWith('insert into control_verdicts_stored') ? 'cut' : undefined;
  expect((await on(few.clickHouse, 'run')).code).toBe(4);
  server.meddle = () => undefined;
  // Whatever writes next finishes it.
  const other = join(folder, 'other.ndjson');
  writeFileSync(other, '{}\n');
  expect((await on(few.clickHouse, 'ingest', 'files', other)).err).toContain('1 records received');

  const of = async (config: string) => {
    const { out, err } = await on(config, 'query', '--sql', kept, '--format', 'ndjson');
    expect(err).toBe('');
    return out;
  };
  expect(said).toMatch(/^breached +|^not_provable +/m);
  expect(await of(few.clickHouse)).toBe(await of(few.duckDb));
  expect((await of(few.duckDb)).split('\n').length).toBe(3);

  // From here on hours that were counted are not counted again.
  await on(few.duckDb, 'ingest', 'files', other);
  const hours =
    'select counts_key, count(*) as hours from kept_count_hours group by all order by 1';
  const keptHours = async (config: string) =>
    (await on(config, 'query', '--sql', hours, '--format', 'ndjson')).out;
  expect(await keptHours(few.clickHouse)).toBe(await keptHours(few.duckDb));
  expect(await keptHours(few.duckDb)).toContain('"hours":');
  server.asked.length = 0;
  await compareOn(few, 6, ['slo', 'report', '--format', 'json']);
  expect(server.asked.some((sql) => sql.includes('from kept_slice_counts'))).toBe(true);
}, 300_000);

/** A config like another, with its rows elsewhere. */
function elsewhere(name: string, store: string, more = ''): string {
  const path = join(folder, `${name}.yaml`);
  const text = readFileSync(configs.duckDb, 'utf8').replace(/^store:.*$/m, `store: ${store}`);
  writeFileSync(path, `${text.trimEnd()}\n${more}`);
  return path;
}

const everyCall = [
  ...['timeline', '--wide', '--format', 'csv', '--limit', '1000'],
  ...['--from', '2026-11-01', '--to', '2026-12-01'],
];
const KEEP = 'retention: { evidence: 3d }\n';
const moved = () =>
  elsewhere('moved', `{ engine: clickhouse, url: "${server.url}", database: moved }`, KEEP);

test('a store that is moved is the same, there and back, also after a kill', async () => {
  server.run('create database moved engine = Atomic');
  const to = moved();
  server.meddle = ({ sql }) =>
    sql.startsWith('insert into correlated_calls_stored') ? 'cut' : undefined;
  const cut = await on(configs.duckDb, 'migrate', '--to', to);
  server.meddle = () => undefined;
  expect(cut.code, cut.err).toBe(4);
  const half = await on(to, 'timeline');
  expect(half.code).toBe(2);
  expect(half.err).toMatch(
    /^error: A store is being moved into the database 'moved' .*\n {2}fix: Wait until 'migrate' is done; if it was stopped, repeat it\.\n$/,
  );

  const again = await on(configs.duckDb, 'migrate', '--to', to);
  expect(again.code, again.err).toBe(0);
  expect(again.err).toMatch(/migrate: events [\d,]+ rows in \d+ days, all there already\n/);
  expect(again.err).toMatch(/migrate: correlated_calls \d+ rows in \d+ days\n/);
  const there = await on(configs.duckDb, ...everyCall);
  expect((await on(to, ...everyCall)).out).toBe(there.out);
  const full = await on(configs.duckDb, 'migrate', '--to', to);
  expect(full.code).toBe(2);
  expect(full.err).toContain('holds rows already: a store is moved to where there is none.');
  const otherKey = await ask(['migrate', '--to', to, '--config', configs.duckDb], {
    env: { MCP_WITNESS_KEY: 'another' },
  });
  expect(otherKey.code).toBe(2);

  const back = elsewhere('back', '{ engine: duckdb, path: ./back.duckdb }');
  const home = await on(to, 'migrate', '--to', back);
  expect(home.code, home.err).toBe(0);
  const replayed = await on(back, 'ingest', 'files', join(folder, 'telemetry'));
  expect(replayed.err).toContain(' records received = 0 stored + ');
  expect((await on(back, 'correlate')).code).toBe(0);
  expect((await on(back, ...everyCall)).out).toBe(there.out);
}, 300_000);

test('of a store from before keys were noted, the database it is moved into knows its key', async () => {
  server.run('create database unnoted engine = Atomic');
  const to = elsewhere(
    'unnoted',
    `{ engine: clickhouse, url: "${server.url}", database: unnoted }`,
  );
  const db = join(folder, 'unnoted.duckdb');
  {
    using store = await Store.openToWrite(db);
    await store.run(
      "insert into checkpoints (source, partition_id, position) values ('hub', '0', '42')",
    );
  }

  const { code, err } = await ask(['migrate', '--db', db, '--to', to], { env: KEY });

  expect(code, err).toBe(0);
  expect(server.run('select * from unnoted.pseudonymised_columns').trim()).toBe(
    `arguments_hash\t${keyCheckOf('test')}`,
  );
}, 300_000);

test('what is too old goes from both engines alike, and does not come back', async () => {
  const kept = {
    duckDb: elsewhere('kept', '{ engine: duckdb, path: ./back.duckdb }', KEEP),
    clickHouse: moved(),
  };
  const both = async (...args: readonly string[]): Promise<Answer> => {
    const duckDb = await on(kept.duckDb, ...args);
    const clickHouse = await on(kept.clickHouse, ...args);
    expect(clickHouse.code, clickHouse.err).toBe(duckDb.code);
    expect(clickHouse.out).toBe(duckDb.out);
    return clickHouse;
  };
  const said = (await both('retention', 'plan')).err;
  expect(said).toMatch(/before 2026-11-18 \(UTC\): [\d,]+ events, \d+ correlated_calls/);

  const cut = { class: 'evidence', keptFrom: '2026-11-18T00:00:00.000Z' } as const;
  const target = { engine: 'clickhouse', url: server.url, database: 'moved' } as const;
  const apply = async () => {
    using store = await openToWrite({ ...target, user: undefined, password: undefined }, {});
    await store.removeOld(cut, await countOld(store, cut), NOW.toISOString());
  };
  // A kill between two days: what was begun is finished, and counted once.
  let days = 0;
  server.meddle = ({ sql }) => {
    if (/drop partition 20|delete in partition/.test(sql)) days += 1;
    return days === 2 ? 'cut' : undefined;
  };
  await expect(apply()).rejects.toThrow('cannot be reached');
  server.meddle = () => undefined;
  await apply();
  expect((await on(kept.clickHouse, 'correlate')).code).toBe(0);
  const applied = await on(kept.duckDb, 'retention', 'apply');
  expect(applied.err).toContain(said.replace('would remove', 'removed'));

  const calls = await both(...everyCall);
  expect(calls.out.split('\n').length).toBeGreaterThan(20);
  expect(calls.out).not.toContain('2026-11-17T');
  await both('coverage', '--of', 'gaps', '--format', 'csv');
  await both('query', 'sre/retention_runs', '--format', 'csv');
  const [file = ''] = globSync(join(folder, 'telemetry', 'gateway', '*.*'));
  const replayed = await both('ingest', 'files', file);
  expect(replayed.err).toMatch(/ = 0 stored .*\n.* of the excluded are older than what is kept/s);
}, 300_000);

const refused = {
  'a statement that writes': 'create table other (a Int8) engine = Memory',
  'one behind a comment': '-- select\ninsert into generations values (1, 1)',
  'two statements': 'select 1; select 2',
  'what reaches out': "select * from url('http://127.0.0.1:9/', 'CSV', 'a String')",
  'a file of the server': "select * from file('/etc/passwd', 'LineAsString', 'a String')",
  'other settings': 'select 1 settings max_result_rows = 0',
};

test.each(Object.entries(refused))('%s is refused', async (_, sql) => {
  const { code, out, err } = await on(configs.clickHouse, 'query', '--sql', sql);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Writing, files and settings are not allowed here.');
});

test('another key than the one of the hashes is refused, and taken where that one is said to be lost', async () => {
  const ingest = (env: Record<string, string>) =>
    ask(['ingest', 'all', '--config', configs.clickHouse], { env });
  const before = inTables();

  const { code, err } = await ingest({ MCP_WITNESS_KEY: 'other' });
  const [, lost = ''] = /MCP_WITNESS_LOST_KEY=(\S+)/.exec(err) ?? [];

  expect(code).toBe(2);
  expect(err).toMatch(
    /^error: The hashes in '.*\/witness' were made with another key\.\n {2}fix: Give its key in MCP_WITNESS_KEY: /,
  );
  expect(inTables()).toBe(before);
  for (const key of ['other', 'test']) {
    const taken = await ingest({ MCP_WITNESS_KEY: key, MCP_WITNESS_LOST_KEY: lost });
    expect(taken.err.includes('goes on with another one'), taken.err).toBe(key === 'other');
    if (key === 'test') expect(taken.code).toBe(2);
  }
  await ingest({ MCP_WITNESS_KEY: 'test', MCP_WITNESS_LOST_KEY: keyCheckOf('other') });
  expect((await ingest(KEY)).code).toBe(8);
});

test('what charges hold is the same in both', async () => {
  const sql = `SELECT charges.meter, count(*) AS items, sum(charges.amount) AS amount
    FROM charges LEFT JOIN tool_calls AS c ON charges.call_id = c.call_id
    GROUP BY charges.meter ORDER BY charges.meter`;
  await compareOn(configs, 0, ['query', '--sql', sql, '--format', 'json']);
  expect((await on(configs.duckDb, 'query', '--sql', sql)).out).toContain('fixed');
});

test('a table that is replaced is whole, and keeps one generation for who reads the one before', async () => {
  const place = { url: server.url, database: 'witness', user: undefined, password: undefined };
  const connection = await ClickHouseConnection.open(place);
  const names: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const fill = (generation: number) =>
      connection.command(
        `insert into session_aliases_stored values (${generation}, '${name}', 'k')`,
      );
    await replaceTables(connection, { session_aliases: fill });
    names.push(server.run('select alias from session_aliases', 'witness').trim());
  }
  // One that was not finished is not seen.
  await connection.command("insert into session_aliases_stored values (9999999999999, 'd', 'k')");
  names.push(server.run('select alias from session_aliases', 'witness').trim());
  await connection.close();

  expect(names).toEqual(['a', 'b', 'c', 'c']);
  const kept = 'select alias from session_aliases_stored order by alias';
  expect(server.run(kept, 'witness')).toBe('b\nc\nd\n');
}, 300_000);
