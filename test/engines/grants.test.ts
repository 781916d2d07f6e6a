import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { simulate } from '../../simulate/simulate.ts';
import { grantsToRead, grantsToWrite, inWords } from '../../store/clickhouse/grants.ts';
import { type Answer, ask } from '../cli/fleet.ts';
import type { Told } from '../doctor/estate-run.ts';
import { toldOver } from '../doctor/told.ts';
import { ClickHouseServer } from './clickhouse-server.ts';
import { configBeside, FLEET, hardFaults } from './fleet.ts';

const KEY = { MCP_WITNESS_KEY: 'test' };

let folder: string;
let server: ClickHouseServer;
let config: string;
let moved: string;
let file: string;

const on = (named: string, ...args: readonly string[]): Promise<Answer> =>
  ask([...args, '--config', named], { env: KEY });

const placeOf = (database: string) => ({ url: 'http://any', database });
const toWrite = (database = 'witness') => grantsToWrite(placeOf(database)).map(inWords);
const toRead = () => grantsToRead(placeOf('witness')).map(inWords);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-grants-'));
  await simulate({ ...FLEET, calls: 20, folder, faults: hardFaults() });
  server = await ClickHouseServer.start();
  for (const name of ['witness', 'moved']) server.run(`create database ${name} engine = Atomic`);
  const inDatabase = (name: string) =>
    `{ engine: clickhouse, url: "${server.url}", database: ${name} }`;
  config = configOf('witness', `${inDatabase('witness')}\nretention: { evidence: 2d }`);
  moved = configOf('moved', inDatabase('moved'));
  file = configOf('file', '{ path: ./file.duckdb }');
}, 60_000);

const configOf = (name: string, store: string): string =>
  configBeside(folder, name, store, ['alerting', 'auth-success']);

afterAll(() => {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** What doctor says of the database. */
async function told(): Promise<{ code: number; database: readonly Told[] }> {
  const { rows, code } = await toldOver(config, { env: KEY });
  return { code, database: rows.filter(({ check }) => check === 'database') };
}

/** Each with what it ends with: 8 tells that records were set aside. */
const WRITING: readonly (readonly [code: number, ...args: string[]])[] = [
  [8, 'run'],
  [0, 'retention', 'apply'],
];

test('a database that nothing was brought into is told as that, with what its user lacks', async () => {
  await server.allow(toRead());

  expect(await told()).toMatchObject({
    code: 0,
    database: [
      {
        state: 'warning',
        mend: 'GRANT INSERT, TRUNCATE, ALTER TABLE, CREATE TABLE, DROP TABLE ON witness.* TO default;',
      },
      { state: 'skipped', found: expect.stringContaining('holds nothing yet') },
    ],
  });
});

test('with the grants that doctor asks for everything can be written', async () => {
  await server.allow([...toWrite(), ...toWrite('moved')]);
  for (const [code, ...args] of WRITING) {
    const answer = await on(config, ...args);
    expect([args, answer.code], answer.err).toEqual([args, code]);
  }
  await on(file, 'ingest', 'files', join(folder, 'telemetry'));
  const answer = await on(file, 'migrate', '--to', moved);
  expect(answer.code, answer.err).toBe(0);
  expect((await told()).database).toMatchObject([{ state: 'ok' }]);
}, 300_000);

const QUESTIONS: readonly (readonly string[])[] = [
  ['timeline', '--since', '30d', '--format', 'csv', '--wide'],
  ['cost', 'report', '--format', 'json'],
];

test('who may only ask has the same answers, and writes nothing', async () => {
  const answers = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (const question of QUESTIONS) {
      const { code, out } = await on(config, ...question);
      expect([question, code]).toEqual([question, 0]);
      all.push(out);
    }
    return all;
  };
  await server.allow(toWrite());
  const before = await answers();

  await server.allow(toRead());
  expect(await answers()).toEqual(before);
  const { code, err } = await on(config, 'correlate', '--rebuild');
  expect(code).toBe(3);
  expect(err).toContain("fix: Grant it: 'mcp-witness doctor' prints the lines");
  expect((await told()).database).toMatchObject([
    { state: 'warning', why: 'Who only asks needs none of it' },
  ]);
}, 300_000);

test('temporary tables of the engine Memory alone are not enough to ask', async () => {
  await server.allow(toRead().map((each) => each.replace(' ARBITRARY', '')));

  const { code, err } = await on(config, 'cost', 'report');
  expect(code).toBe(3);
  expect(err).toContain('CREATE ARBITRARY TEMPORARY TABLE');
  expect((await told()).database).toMatchObject([
    {
      state: 'failed',
      found: expect.stringContaining('it lacks CREATE ARBITRARY TEMPORARY TABLE ON *.*'),
      mend: 'GRANT CREATE ARBITRARY TEMPORARY TABLE ON *.* TO default;',
    },
    { state: 'warning' },
  ]);
});

/** Without SELECT the engine, which is of the same user, does not start. */
const EACH = grantsToWrite(placeOf('witness'))
  .flatMap(({ privileges, on: what }) => (what === 'witness.*' ? privileges : []))
  .filter((privilege) => privilege !== 'SELECT');

test.each(EACH)('doctor tells who lacks %s', async (privilege) => {
  const grants = grantsToWrite(placeOf('witness')).map(({ privileges, on: what }) =>
    inWords({ privileges: privileges.filter((other) => other !== privilege), on: what }),
  );
  await server.allow(grants);

  const { database } = await told();
  expect(database).toMatchObject([
    {
      state: 'warning',
      found: expect.stringMatching(new RegExp(`it lacks ${privilege} ON witness`)),
      mend: `GRANT ${privilege} ON witness.* TO default;`,
    },
  ]);
});

test('the page has the same grants', () => {
  const page = readFileSync(packagePath('docs', 'clickhouse.md'), 'utf8');
  const over = { ...placeOf('witness'), cluster: 'main' };

  for (const grant of toWrite()) expect(page).toContain(`GRANT ${grant} TO witness;`);
  for (const { privileges } of grantsToRead(placeOf('witness'))) {
    for (const privilege of privileges) expect(page).toContain(`\`${privilege}\``);
  }
  const beside = grantsToWrite(over).filter(({ on: what }) => what.startsWith('system.'));
  for (const grant of beside.map(inWords).filter((words) => !toWrite().includes(words))) {
    expect(page).toContain(`GRANT ON CLUSTER main ${grant} TO witness;`);
  }
});
