import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { Store } from '../../store/store.ts';
import { filesWith } from '../ingest/bytes.ts';
import { temporaryFolder } from './fleet.ts';
import { run, start, until } from './program.ts';

vi.setConfig({ testTimeout: 120_000 });

const ADDRESS = '203.0.113.';
const EVENTS = 50_000;
const ANEW =
  'store: the file is written anew, which an earlier command did not finish; it may hold bytes of what was hidden or removed.\n';

let folder: string;
let db: string;
let config: string;

/** A database whose addresses are readable, and a config that asks for pseudonyms. */
beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'db'));
  db = join(folder, 'db', 'w.duckdb');
  config = join(folder, 'mcp-witness.yaml');
  writeFileSync(join(folder, 'in.ndjson'), requests());
  expect(await run(['ingest', 'files', join(folder, 'in.ndjson'), '--db', db])).toMatchObject({
    code: 0,
  });
  expect(filesWith(join(folder, 'db'), ADDRESS)).not.toEqual([]);
  writeFileSync(
    config,
    'store: { path: ./db/w.duckdb }\nredaction: { pseudonymise: [caller_ip] }\n',
  );
});

function requests(): string {
  const lines = Array.from({ length: EVENTS }, (_, no) => {
    const id = (no + 1).toString(16).padStart(16, '0');
    return `{"Type":"AppRequests","TimeGenerated":"2026-11-20T10:00:00Z","Id":"${id}","OperationId":"${id}${id}","Name":"POST /mcp","DurationMs":12.5,"ResultCode":"200","Success":true,"AppRoleName":"s-1","ClientIP":"${ADDRESS}${no % 200}"}`;
  });
  return lines.join('\n');
}

const correlate = (): string[] => ['correlate', '--config', config];

test('what is written anew and killed is finished by the next command that writes', async () => {
  const killed = start(correlate());
  await until(killed, () => existsSync(`${db}.new`));
  killed.child.kill('SIGKILL');
  await killed.ended;

  expect(filesWith(join(folder, 'db'), ADDRESS), 'killed before its end').not.toEqual([]);
  expect(await addresses()).toEqual({ readable: 0, hidden: EVENTS });
  const { code, err } = await run(correlate());
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(ANEW) });
  expect(filesWith(join(folder, 'db'), ADDRESS)).toEqual([]);
  expect(existsSync(`${db}.new`)).toBe(false);
  expect(await addresses()).toEqual({ readable: 0, hidden: EVENTS });
  expect((await run(correlate())).err).not.toContain('written anew');
});

test('what cannot be written anew is told, and tried again', async () => {
  mkdirSync(`${db}.new`);
  for (let no = 0; no < 2; no += 1) {
    const { code, err } = await run(correlate());
    expect(code).toBe(2);
    expect(err).toContain(
      `error: '${db}' could not be written anew, and may still hold bytes of what was readable: `,
    );
  }
  expect(filesWith(join(folder, 'db'), ADDRESS)).not.toEqual([]);
  rmSync(`${db}.new`, { recursive: true });

  expect(await run(correlate())).toMatchObject({ code: 0, err: expect.stringContaining(ANEW) });
  expect(filesWith(join(folder, 'db'), ADDRESS)).toEqual([]);
});

async function addresses() {
  using store = await Store.openToRead(db);
  const [row] = await store.rows(
    `select count(*) filter (where caller_ip like '${ADDRESS}%')::int as readable,
            count(*) filter (where caller_ip like 'address-%')::int as hidden from events`,
  );
  return row;
}
