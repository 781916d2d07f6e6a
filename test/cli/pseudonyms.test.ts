import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lease } from '../../store/lease.ts';
import { Store } from '../../store/store.ts';
import { filesWith } from '../ingest/bytes.ts';
import { ask, NOW } from './fleet.ts';

const PERSON = 'Ana.Lyst@contoso.com';
const ADDRESS = '203.0.113.77';
const ID = /^identity-[0-9a-f]{24}$/;

const parent = mkdtempSync(join(tmpdir(), 'mcp-witness-cli-'));
/** At the same place in each test, as what was read is known by its path. */
const folder = join(parent, 'now');
const config = join(folder, 'mcp-witness.yaml');
const db = join(folder, 'db', 'witness.duckdb');
let said: string;
beforeAll(async () => {
  said = await begin('hidden', HIDDEN);
  await begin('readable', '');
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Runs once over the files of each test, and keeps what is there then. */
async function begin(name: string, redaction: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'db'), { recursive: true });
  writeFileSync(join(folder, 'telemetry.ndjson'), telemetry(1, 2).join('\n'));
  writeFileSync(
    join(folder, 'inventory.yaml'),
    `agents: [{ id: ${PERSON.toLowerCase()}, names: [named-by-mail], owner: it@contoso.com }]\n`,
  );
  configure(redaction);
  const err = await run();
  cpSync(folder, join(parent, name), { recursive: true, preserveTimestamps: true });
  return err;
}

/** Begins a test where a run over a config that hides people and addresses, or over one that does not, has ended. */
function after(name: 'hidden' | 'readable'): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(parent, name), folder, { recursive: true, preserveTimestamps: true });
}

/** Calls by one person, as gateway and server saw them, an approval, a sign-in and an agent's owner. */
function telemetry(...numbers: readonly number[]): string[] {
  const records = numbers.flatMap((no) => [
    {
      type: 'mcp.gateway_request',
      timestamp: `2026-11-20T10:00:0${no}Z`,
      resource_id: '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/a',
      correlation_id: `c-${no}`,
      traceparent: `00-4bf92f3577b34da6a3ce929d0e0e473${no}-00f067aa0ba902b7-01`,
      server_id: 'billing-mcp',
      http_method: 'POST',
      http_status: 200,
      tool_name: 'delete_invoice',
      caller_identity: PERSON,
      caller_ip: ADDRESS,
      agent_id: PERSON,
      client_name: `agent of ${PERSON} at ${ADDRESS}`,
    },
    {
      Type: 'AppTraces',
      TimeGenerated: `2026-11-20T10:00:0${no}Z`,
      OperationId: `4bf92f3577b34da6a3ce929d0e0e473${no}`,
      Message: 'mcp.approval',
      AppRoleName: 'billing-mcp',
      Properties: { approval_id: `a-${no}`, approver: PERSON, approval_result: 'approved' },
    },
    {
      Type: 'AADNonInteractiveUserSignInLogs',
      CreatedDateTime: `2026-11-20T09:00:0${no}Z`,
      Id: `s-${no}`,
      UniqueTokenIdentifier: `u-${no}`,
      ResultType: '0',
      AppId: 'app',
      UserPrincipalName: PERSON,
      IPAddress: ADDRESS,
    },
    {
      Type: 'AgentsInfo',
      TimeGenerated: '2026-11-20T08:00:00Z',
      AgentId: `agent-${no}`,
      Name: 'helpdesk',
      Owners: [PERSON],
    },
  ]);
  return records.map((record) => JSON.stringify(record));
}

function configure(redaction: string): void {
  const lines = [
    'store: { path: ./db/witness.duckdb }',
    'sources: [{ name: files, kind: files, paths: [./telemetry.ndjson] }]',
    'inventory: [./inventory.yaml]',
    redaction,
  ];
  writeFileSync(config, lines.join('\n'));
}

async function run(): Promise<string> {
  const { err } = await ask(['run', '--config', config]);
  return err;
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  using store = await Store.openToRead(db);
  return (await store.rows(sql)) as Record<string, unknown>[];
}

const HIDDEN = 'redaction: { pseudonymise: [caller_identity, caller_ip] }';
const readable = (): string[] => [
  ...filesWith(join(folder, 'db'), 'Ana.Lyst'),
  ...filesWith(join(folder, 'db'), ADDRESS),
];

test('people and addresses are in no file of a database that keeps pseudonyms', async () => {
  after('hidden');

  expect(said).toMatch(/ingest: redacted: .*identities as pseudonyms, .*addresses as pseudonyms\n/);
  expect(readable()).toEqual([]);
  const people = await rows(
    `select distinct x from (select caller_identity as x from events union all select approver from events
     union all select tags ->> 'owner' from events where kind = 'agent' union all select agent_id from events where layer = 'gateway')
     where x is not null`,
  );
  expect(people).toEqual([{ x: expect.stringMatching(ID) }]);
});

test('who knows a name finds it all the same', async () => {
  after('hidden');
  for (const args of [
    ['timeline', '--caller', PERSON],
    ['timeline', '--caller', PERSON.toUpperCase()],
    ['timeline', '--agent', PERSON],
    ['timeline', '--agent', 'named-by-mail'],
    ['query', 'soc/timeline', '--param', `caller=${PERSON}`],
    ['pivot', PERSON],
    ['pivot', ADDRESS],
  ]) {
    const { out, err } = await ask([...args, '--config', config, '--format', 'ndjson']);

    expect(out.trim().split('\n').length, `${args.join(' ')}: ${err}`).toBeGreaterThanOrEqual(2);
    expect(out + err).not.toMatch(new RegExp(`${PERSON}|${ADDRESS}`, 'i'));
  }
});

test.each([
  ['its key is not there', ''],
  ['its key is another one', 'another'],
])('who does not know the key finds nobody, and is told why: %s', async (why, key) => {
  after('hidden');
  rmSync(`${db}.key`);
  for (const args of [
    ['timeline', '--caller', PERSON],
    ['query', 'soc/timeline', '--param', `caller=${PERSON}`],
    ['pivot', ADDRESS],
  ]) {
    const answer = await ask([...args, '--config', config], { env: { MCP_WITNESS_KEY: key } });

    expect(answer.out).not.toContain('delete_invoice');
    expect(answer.err).toContain(
      `this database keeps people or addresses as pseudonyms, and ${why}: they are not found by what they are called; give the key in MCP_WITNESS_KEY\n`,
    );
  }
  expect(existsSync(`${db}.key`)).toBe(false);
});

test('a key that is gone is not made anew where pseudonyms were made with it', async () => {
  after('hidden');
  rmSync(`${db}.key`);
  const answer = await ask(['correlate', '--config', config]);

  expect(answer.code).toBe(2);
  expect(answer.err).toContain(
    `error: The key of the pseudonyms in '${db}' is gone: there is no '${db}.key'.\n  fix: Put it back, or give it in MCP_WITNESS_KEY: a new key would tear everyone in two.\n`,
  );
  expect(existsSync(`${db}.key`)).toBe(false);
});

test('rows that were readable become the same rows as if they never were', async () => {
  after('readable');
  expect(readable()).not.toEqual([]);
  configure(HIDDEN);
  writeFileSync(join(folder, 'telemetry.ndjson'), telemetry(1, 2, 3).join('\n'));
  const err = await run();

  expect(err).toContain(
    'redaction: caller_identity and caller_ip of 8 stored events are pseudonyms now; the file is written anew.',
  );
  expect(readable()).toEqual([]);
  expect(err).toMatch(/ingest: 1 files, 12 records received = 4 stored \+ 8 duplicate/);
  const tables = ['events', 'correlated_calls', 'approvals', 'sessions', 'agents'];
  const kept = "columns(c -> c not in ('batch_id', 'record_no', 'origin'))";
  const dump = () =>
    Promise.all(tables.map((table) => rows(`select ${kept} from ${table} order by all`)));
  const changed = await dump();
  const key = readFileSync(`${db}.key`, 'utf8').trim();
  rmSync(db);
  await ask(['run', '--config', config], { env: { MCP_WITNESS_KEY: key } });
  expect(changed).toEqual(await dump());
});

test('a database that keeps pseudonyms goes on with them, whatever the config says', async () => {
  after('hidden');
  configure('');
  writeFileSync(join(folder, 'telemetry.ndjson'), telemetry(3).join('\n'));
  const err = await run();

  expect(err).toContain(
    'redaction: this database keeps caller_identity and caller_ip as pseudonyms, whatever the config says\n',
  );
  expect(readable()).toEqual([]);
});

test('pseudonyms with another key are refused', async () => {
  after('hidden');
  const answer = await ask(['run', '--config', config], { env: { MCP_WITNESS_KEY: 'another' } });

  expect(answer.code).toBe(2);
  expect(answer.err).toContain(
    `error: The pseudonyms in '${db}' were made with another key.\n  fix: Put its key back as '${db}.key', or give it in MCP_WITNESS_KEY: a new key would tear everyone in two.\n`,
  );
});

test('rows are not changed while another process adds to the database', async () => {
  after('readable');
  using store = await Store.openToAdd(db);
  const claimant = { pid: 2, isRunning: () => true };
  const lease = await Lease.take(store, 'ingest event-hubs stream', claimant, NOW);
  configure(HIDDEN);
  const answer = await ask(['ingest', 'all', '--config', config]);
  await lease.release();

  expect(answer).toMatchObject({ code: 2, out: '' });
  expect(answer.err).toContain('ingest event-hubs stream');
  expect(readable()).not.toEqual([]);
});
