import { afterAll, beforeAll, expect, test } from 'vitest';
import { listQueries } from '../../queries/catalogue.ts';
import { Store } from '../../store/store.ts';
import { ask, type Fleet, makeFleet } from './fleet.ts';
import { envelopeIn, READ_BACK, type Read } from './formats.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

/** Every listing, with the exit code that it has on this fleet. */
const LISTINGS: Readonly<Record<string, number>> = {
  'coverage --of fields': 0,
  'coverage --of sources': 0,
  'coverage --of contract': 0,
  'coverage --of holes': 0,
  'coverage --of servers': 0,
  'coverage --of agents': 0,
  'coverage --of matches': 0,
  'coverage --of bypass': 0,
  'coverage --of loss': 0,
  'coverage --of rejects': 0,
  'coverage --of sampling': 0,
  'coverage --of sessions': 0,
  'coverage --of hours': 0,
  timeline: 0,
  'pivot shadow-gpt': 0,
  'slo report': 6,
  readiness: 6,
  'cost report --by agent': 0,
  'cost report --by server': 0,
  'cost report --by tool': 0,
  'cost report --by model': 0,
  'cost report --by cost_center': 0,
  'query soc/noteworthy_calls': 0,
  'query soc/gateway_bypass_calls': 0,
  'query --sql select~outcome,count(*)as~calls~from~tool_calls~group~by~all': 0,
};

function argsOf(command: string): string[] {
  const args = command.split(' ').map((arg) => arg.replaceAll('~', ' '));
  return [...args, '--config', fleet.config];
}

test.each(Object.entries(LISTINGS))('%s is the same in every format', async (command, code) => {
  const read: Record<string, Read> = {};
  for (const [format, readBack] of Object.entries(READ_BACK)) {
    const answer = await ask([...argsOf(command), '--format', format, '--wide']);
    expect(answer.code, answer.err).toBe(code);
    read[format] = readBack(answer.out);
  }
  const { csv, md, table, json, ndjson } = read;

  expect(csv?.rows).toBeGreaterThan(0);
  expect(table).toEqual(csv);
  expect(md).toEqual(csv);
  expect(ndjson?.rows).toBe(csv?.rows);
  expect(json?.rows).toBe(csv?.rows);
  // Verdicts are flat in a table; JSON has them whole.
  if (command === 'slo report') return;
  expect(ndjson).toEqual(csv);
  expect(json).toEqual(csv);
});

test('every question that has a name can be asked, and its table fits a terminal', async () => {
  const given: Readonly<Record<string, string>> = {
    'soc/pivot': 'id=shadow-gpt',
    'soc/events_of_call': `call=${await someCall()}`,
  };
  for (const { name, params } of listQueries()) {
    const param = given[name];
    const args = ['query', name, '--config', fleet.config, ...(param ? ['--param', param] : [])];
    const { code, out, err } = await ask(args);

    expect(code, `${name}: ${err}`).toBe(0);
    expect(out).toContain('─');
    expect(params.length === 0 || err.includes('window: ')).toBe(true);
    // What is told apart by long paths and model names may be wider.
    const width = Math.max(...out.split('\n').map((line) => line.length));
    if (!/loss_accounting|rejected_records|charges/.test(name)) {
      expect(width, name).toBeLessThanOrEqual(130);
    }
  }
});

test('the timeline fits 120 columns; --wide and all other formats have every column', async () => {
  const { out, err } = await ask(['timeline', '--config', fleet.config]);
  const wide = await ask(['timeline', '--config', fleet.config, '--wide']);

  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(READ_BACK['table']?.(out).columns).toEqual([
    'timestamp',
    'agent',
    'server_id',
    'tool_name',
    'outcome',
    'latency_ms',
    'match_rung',
  ]);
  expect(err).toMatch(/7 of 31 columns; --wide shows all\n$/);
  expect(READ_BACK['table']?.(wide.out).columns).toHaveLength(31);
  expect(wide.err).not.toContain('--wide');
});

test('json is one object, with the window and what the rows rest on beside them', async () => {
  const args = ['timeline', '--from', '2026-11-01', '--to', '2026-11-08', '--format', 'json'];
  const { out } = await ask([...args, '--config', fleet.config]);
  const { schemaVersion, window, coverage, rows } = envelopeIn(out);

  expect(Object.keys(JSON.parse(out) as object)).toEqual([
    'schemaVersion',
    'window',
    'coverage',
    'rows',
  ]);
  expect(schemaVersion).toBe(1);
  expect(window).toEqual({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-08T00:00:00.000Z' });
  expect(coverage?.['calls']).toBe(rows.length);
  for (const { timestamp } of rows) expect(String(timestamp)).toMatch(/^2026-11-0[1-7]T.*Z$/);
});

test('json of slo report has every number of both kinds of verdict', async () => {
  const { out } = await ask(['slo', 'report', '--format', 'json', '--config', fleet.config]);
  const { rows } = envelopeIn(out);
  const latency = rows.find(({ slo }) => slo === 'read-only-latency') ?? {};
  const bypass = rows.find(({ slo }) => slo === 'approval-bypass') ?? {};

  expect(latency).toMatchObject({ kind: 'objective', threshold: { value: 1500 } });
  expect(latency['budget']).toMatchObject({ allowedRatio: 0.05 });
  expect(bypass).toMatchObject({ kind: 'control', population: expect.any(Number) });
  expect(bypass['violations']).not.toEqual([]);
});

test('data goes to stdout and everything else to stderr', async () => {
  const { out, err } = await ask(['timeline', '--config', fleet.config, '--format', 'csv']);

  expect(out).toMatch(/^timestamp,agent,/);
  expect(out).not.toContain('window:');
  expect(err).toMatch(/^window: \S+Z to \S+Z\n$/);
});

test('no rows are said on stderr where stdout stays empty', async () => {
  const args = ['timeline', '--agent', 'nobody', '--config', fleet.config];

  const ndjson = await ask([...args, '--format', 'ndjson']);
  expect(ndjson).toMatchObject({ code: 0, out: '' });
  expect(ndjson.err).toMatch(
    /\n0 rows\nthere are tool calls in this window \(\d+\), and none of them matches\n$/,
  );

  const table = await ask(args);
  expect(table.out).toMatch(/\n0 rows\n$/);
});

test('colour never reaches a listing', async () => {
  for (const command of ['timeline', 'coverage', 'slo report', 'query --list']) {
    const { out, err } = await ask(argsOf(command));
    expect(out + err).not.toContain('\u001b');
  }
});

async function someCall(): Promise<string> {
  const { out } = await ask(['timeline', '--config', fleet.config, '--format', 'ndjson']);
  return (JSON.parse(out.split('\n')[0] ?? '{}') as { readonly call_id: string }).call_id;
}

test('a comparison of windows of a given length says that window', async () => {
  const compare = [
    'slo',
    'compare',
    '--window',
    '7d',
    '--format',
    'json',
    '--config',
    fleet.config,
  ];
  const { out } = await ask(compare);
  const { window, rows } = JSON.parse(out);

  expect(Date.parse(window.to) - Date.parse(window.from)).toBe(7 * 86_400_000);
  expect(rows[0].window_from).toBe(window.from);
});

test.each([
  'timeline --agent nobody',
  'pivot nobody',
  'timeline --call 00000000-0000-0000-0000-000000000000 --expand',
])('%s says that there were calls, and that none matches', async (command) => {
  const { code, err } = await ask(argsOf(command));

  expect(code).toBe(0);
  expect(err).toMatch(/^there are tool calls in this window \(\d+\), and none of them matches$/m);
  expect((await ask(argsOf('timeline'))).err).not.toContain('none of them matches');
});

test('an id that holds what is not seen is found as it is shown', async () => {
  const other = await makeFleet();
  {
    using store = await Store.openToWrite(other.db);
    await store.run(`update correlated_calls set agent_id = 'a\u202etxt', mcp_session_id = 's\u200b1'
      where call_id = (select max(call_id) from correlated_calls)`);
  }
  const callsOf = async (...args: string[]): Promise<number> => {
    const { out } = await ask([...args, '--config', other.config, '--format', 'ndjson']);
    return out.split('\n').filter(Boolean).length;
  };
  const shown = (await ask(['timeline', '--wide', '--config', other.config])).out;
  const found = [
    await callsOf('timeline', '--agent', 'a\\u202etxt'),
    await callsOf('timeline', '--agent', 'a\u202etxt'),
    Math.min(1, await callsOf('pivot', 's\\u200b1')),
    await callsOf('timeline', '--agent', 'atxt'),
  ];
  other.remove();

  expect(shown).toContain('a\\u202etxt');
  expect(found).toEqual([1, 1, 1, 0]);
});
