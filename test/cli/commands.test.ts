import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Fleet, makeFleet, temporaryFolder } from './fleet.ts';
import { envelopeIn } from './formats.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

type Row = Readonly<Record<string, unknown>>;

/** The rows of a listing, which must end well. */
async function rowsOf(...args: readonly string[]): Promise<readonly Row[]> {
  const { code, out, err } = await ask([...args, '--format', 'json', '--config', fleet.config]);
  expect(code, err).toBe(0);
  return envelopeIn(out).rows;
}

describe('timeline', () => {
  test('shows calls in time order', async () => {
    const times = (await rowsOf('timeline')).map(({ timestamp }) => String(timestamp));

    expect(times.length).toBeGreaterThan(290);
    expect(times).toEqual(times.toSorted());
  });

  const filters = {
    '--session': 'session_key',
    '--agent': 'agent_id',
    '--call': 'call_id',
    '--caller': 'caller_identity',
    '--tool': 'tool_name',
    '--server': 'server_id',
  } as const;

  test.each(Object.entries(filters))('%s keeps only what has it', async (option, column) => {
    const all = await rowsOf('timeline');
    const value = all.find((row) => row[column] !== null)?.[column];
    const wanted = all.filter((row) => row[column] === value);

    const found = await rowsOf('timeline', option, String(value));

    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(all.length);
    expect(found).toEqual(wanted);
  });

  test('--agent takes a name of the inventory as well as the id', async () => {
    const byName = await rowsOf('timeline', '--agent', 'invoice-clerk');
    const [first] = byName;

    expect(byName.length).toBeGreaterThan(0);
    expect(await rowsOf('timeline', '--agent', String(first?.['agent_id']))).toEqual(byName);
  });

  test('--since counts back from the end of the evidence, --from and --to are half-open', async () => {
    const all = await rowsOf('timeline');
    const { timestamp } = all.at(-1) ?? {};
    const week = await rowsOf('timeline', '--since', '7d');

    expect(week.length).toBeGreaterThan(0);
    expect(week.length).toBeLessThan(all.length);
    expect(week.at(-1)).toEqual(all.at(-1));
    const before = await rowsOf('timeline', '--to', String(timestamp));
    expect(before.map(({ call_id }) => call_id)).not.toContain(all.at(-1)?.['call_id']);
  });

  test('the time of a call can be asked for as it is shown, to the microsecond', async () => {
    const times = (await rowsOf('timeline')).map(({ timestamp }) => String(timestamp));
    const [time = ''] = times.filter((each) => /\.\d{5}[1-9]Z/.test(each));
    const args = ['timeline', '--from', time, '--to', time.replace(/\dZ$/, 'Z')];

    const { rows, window } = envelopeIn(
      (await ask([...args.slice(0, 3), '--format', 'json', '--config', fleet.config])).out,
    );
    const empty = await ask([...args, '--config', fleet.config]);
    const day = await ask([
      ...args.slice(0, 1),
      '--to',
      time,
      '--since',
      '24h',
      '--config',
      fleet.config,
    ]);

    expect([rows[0]?.['timestamp'], window]).toEqual([
      time,
      expect.objectContaining({ from: time }),
    ]);
    expect(rows).toHaveLength(times.length - times.indexOf(time));
    expect(empty.err).toMatch(/^error: The window from .* is empty\.\n/);
    expect(day.err).toMatch(new RegExp(`^window: .*${time.slice(-8)} to ${time}\n`));
  });

  test('a limit that cuts is said, with what takes more', async () => {
    const { out, err } = await ask(['timeline', '--limit', '5', '--config', fleet.config]);

    expect(out).toMatch(/\n5 rows\n$/);
    expect(err).toContain('the first 5 rows; --limit takes more\n');
  });

  test('a limit that all of them fit into has cut nothing', async () => {
    const all = await rowsOf('timeline');

    const fitting = ['timeline', '--limit', String(all.length), '--config', fleet.config];
    const { out, err } = await ask(fitting);

    expect(out).toContain(`\n${all.length} rows\n`);
    expect(err).not.toContain('--limit');
  });

  test('--expand shows every piece of evidence behind a call', async () => {
    const all = await rowsOf('timeline');
    const matched = all.find(({ match_rung }) => match_rung === 'operation_id');
    const evidence = await rowsOf('timeline', '--call', String(matched?.['call_id']), '--expand');

    expect(new Set(evidence.map(({ layer }) => layer))).toContain('gateway');
    expect(new Set(evidence.map(({ layer }) => layer))).toContain('server');
  });
});

test('pivot shows what was seen together with an id', async () => {
  const rows = await rowsOf('pivot', 'shadow-gpt');

  expect(rows).toContainEqual(expect.objectContaining({ facet: 'agent', value: 'shadow-gpt' }));
  expect(new Set(rows.map(({ facet }) => facet)).size).toBeGreaterThan(2);
});

test('pivot takes the name of an agent for its id', async () => {
  const byName = await rowsOf('pivot', 'invoice-clerk');
  const [call] = await rowsOf('timeline', '--agent', 'invoice-clerk');

  expect(byName.some(({ tool_calls }) => Number(tool_calls) > 0)).toBe(true);
  expect(await rowsOf('pivot', String(call?.['agent_id']))).toEqual(byName);
});

test('the overview of coverage has its six parts, each with its title', async () => {
  const { out } = await ask(['coverage', '--config', fleet.config]);

  expect(out.match(/^[A-Z].*\.$/gm)).toEqual([
    'How many calls have each of the twelve contract fields, from whichever side.',
    'How gateway and server evidence were joined, and how sure the join is.',
    "What share of each server's calls the gateway saw, and whether the others went around it or only lack their record.",
    'What became of every record received: received = stored + duplicate + rejected + excluded.',
    'What could not be used as evidence, and why; nothing is dropped unsaid.',
    'What was taken out of the evidence before it was stored, and from which column, so that its sender can mend it.',
  ]);
});

test('coverage without a part prints the first to a machine, and says so', async () => {
  const { out, err } = await ask(['coverage', '--format', 'json', '--config', fleet.config]);

  expect(envelopeIn(out).rows.map(({ field }) => field)).toContain('approval_result');
  expect(envelopeIn(out).rows).toHaveLength(12);
  expect(err).toContain("only 'fields' is printed in this format; --of names another part\n");
});

test('coverage --fix names what fills each hole, and prints it', async () => {
  const { code, out, err } = await ask(['coverage', '--fix', '--config', fleet.config]);

  expect(code, err).toBe(0);
  expect(out).toContain('gateway/mcp_session_id');
  expect(out).toMatch(/\n## server\/mcp_session_id: Log the session header\n/);
  expect(out).toContain('```python\nimport logging\n');
  expect(
    Math.max(
      ...out
        .split('\n')
        .slice(2, 5)
        .map((line) => line.length),
    ),
  ).toBeLessThan(160);
});

test.each(['json', 'ndjson', 'csv'])(
  'coverage --fix --format %s has both in one row',
  async (format) => {
    const args = ['coverage', '--fix', '--format', format, '--config', fleet.config];
    const { code, out } = await ask(args);

    expect(code).toBe(0);
    expect(out).toContain('gateway/mcp_session_id');
    expect(out).toContain('Mcp-Session-Id');
  },
);

test('coverage --fix and --of exclude each other', async () => {
  const { code, err } = await ask(['coverage', '--fix', '--of', 'loss', '--config', fleet.config]);

  expect(code).toBe(2);
  expect(err).toContain("option '--fix' cannot be used with option '--of <part>'");
});

test('coverage --fix of a time without calls has no data, and says that it is not 0 %', async () => {
  const window = ['--from', '2020-01-01', '--to', '2020-01-02'];
  const { code, err } = await ask(['coverage', '--fix', ...window, '--config', fleet.config]);

  expect(code).toBe(0);
  expect(err).toContain('no tool call is in this window: no data, which is not 0 %\n');
});

test.each(['agent', 'server', 'tool', 'model', 'cost_center'])(
  'cost report --by %s adds up to the same total, to the last digit',
  async (by) => {
    const total = (rows: readonly Row[]) =>
      rows.reduce((sum, { amount }) => sum + BigInt(String(amount ?? '0.0').replace('.', '')), 0n);
    const [all] = await rowsOf('query', 'finops/cost_by_currency');

    expect(total(await rowsOf('cost', 'report', '--by', by))).toBe(total([all ?? {}]));
  },
);

describe('query', () => {
  test('--list names every question, with what it is for', async () => {
    const rows = await rowsOf('query', '--list');

    expect(rows).toContainEqual({
      name: 'soc/timeline',
      language: 'sql',
      purpose: 'What happened, call by call, in time order; any filter left empty matches all.',
      readers: 'SOC',
      params:
        'from_at, to_at, session, agent, call, caller, agent_pseudonym, caller_pseudonym, tool, server, limit',
    });
  });

  test('--list has the questions for Log Analytics too', async () => {
    const rows = await rowsOf('query', '--list');

    expect(rows).toContainEqual({
      name: 'soc/timeline',
      language: 'kql',
      purpose: 'What happened, call by call, in time order; any filter left empty matches all.',
      readers: 'SOC',
      params: 'from_at, to_at, session, agent, tool, server, max_rows',
    });
  });

  test('--list needs no database', async () => {
    const { code, out } = await ask(['query', '--list', '--db', '/nowhere/at.all']);

    expect(code).toBe(0);
    expect(out).toContain('sre/latency_by_tool');
  });

  test('takes parameters, more than one', async () => {
    const args = ['query', 'soc/timeline', '--param', 'limit=2', '--param', 'server=billing-mcp'];
    const rows = await rowsOf(...args);

    expect(rows.map(({ server_id }) => server_id)).toEqual(['billing-mcp', 'billing-mcp']);
  });

  test('--sql answers, and says when rows are cut', async () => {
    const args = ['query', '--sql', 'select call_id from tool_calls', '--max-rows', '3'];
    const { code, out, err } = await ask([...args, '--format', 'csv', '--config', fleet.config]);

    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(5);
    expect(err).toBe('only the first 3 rows are shown; --max-rows takes more\n');
  });

  test('--sql finds in charges what the question that defines them answers', async () => {
    const sql = `select currency, sum(amount) as amount, count(*) as items from charges
      where currency is not null group by currency order by currency`;
    const asked = await rowsOf('query', 'finops/cost_by_currency', '--from', '1970-01-01');

    expect(asked.length).toBeGreaterThan(0);
    expect(await rowsOf('query', '--sql', sql)).toEqual(
      asked.map(({ currency, amount, items }) => ({ currency, amount, items })),
    );
  });
});

test('the config says how much memory the database may take', async () => {
  const config = join(fleet.folder, 'roomy.yaml');
  writeFileSync(config, 'store: { path: ./witness.duckdb, memory_limit: 700MiB }\n');
  const setting = "select current_setting('memory_limit') as memory_limit";
  const args = ['query', '--sql', setting, '--config', config, '--format', 'csv'];

  expect(await ask(args)).toMatchObject({ code: 0, out: 'memory_limit\n700.0 MiB\n' });
});

describe('slo', () => {
  test('report reads well: a line for each verdict, and beneath it why', async () => {
    const { code, out } = await ask(['slo', 'report', '--config', fleet.config]);

    expect(code).toBe(6);
    expect(out).toMatch(/^state +objective +measured +target +budget_left +window\n/);
    expect(out).toMatch(
      /\nbreached +Latency of read-only tools +[\d.]+ %, p95 [\d,]+ ms +95 % < 1500 ms +-[\d.]+ % +30d\n/,
    );
    expect(out).toMatch(
      /\nApproval bypasses of destructive tools: breached\. \d+ of \d+ violate\.\n/,
    );
    expect(out).toMatch(/\n {2}- [-0-9a-f]{36}: ran as if no approval were required\n/);
    expect(out).toMatch(/\n {2}[\d,]+ in scope = [\d,]+ good \+ [\d,]+ bad/);
  });

  test('validate checks the starting targets, and needs no database', async () => {
    expect(await ask(['slo', 'validate'])).toMatchObject({
      code: 0,
      out: '15 definitions are valid\n',
    });
    const { out } = await ask(['slo', 'validate', '--format', 'ndjson']);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(15);
    expect(rows).toContainEqual({
      kind: 'control',
      slo: 'approval-bypass',
      service: 'mcp-governance',
      source: 'call_approvals',
      window: '30d',
      file: expect.stringMatching(/approval-bypass\.yaml$/),
    });
    expect(await ask(['slo', 'validate', '--format', 'xml'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('readiness', () => {
  test('a criterion is a row, and beneath the table stands what keeps a checkpoint closed', async () => {
    const { code, out } = await ask(['readiness', '--config', fleet.config]);

    expect(code).toBe(6);
    expect(out).toMatch(/^checkpoint +state +title +measured +required\n/);
    expect(out).toMatch(/\nread_only +met +Latency measurable +\d+ of \d+ +at least 99 %\n/);
    expect(out).toMatch(/\nwrite +breached +No approval bypassed +\d+ of \d+ violate +0\n/);
    expect(out).toMatch(
      /each session +\d+ of \d+: p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms +at least 95 %\n/,
    );
    expect(out).toMatch(/\n\nInventory before exposure: not ready, \d of 5 criteria hold\n/);
    expect(out).toMatch(
      /\n {2}- Agents known, owned and not expired: breached\. unowned-agents: \d+ of \d+ violate\.\n {4}Write the agent/,
    );
  });

  test('json has the numbers of each criterion, which add up', async () => {
    const args = ['readiness', '--of', 'write', '--format', 'json', '--config', fleet.config];
    const { code, out } = await ask(args);
    const { rows } = envelopeIn(out);

    expect(code).toBe(6);
    expect(rows.map((row) => row['criterion'])).toEqual([
      'approved_write_path',
      'approval_explicit',
      'approval_bypass',
      'caller_preserved',
      'identity_scoped',
    ]);
    for (const { population, satisfied, failing, unobservable } of rows) {
      expect(Number(population)).toBe(Number(satisfied) + Number(failing) + Number(unobservable));
    }
  });

  test('where nothing was seen nothing is ready, and nothing is breached', async () => {
    const window = ['--from', '2020-01-01', '--to', '2020-01-02'];
    const args = ['readiness', '--of', 'scale', ...window, '--format', 'json'];
    const { code, out } = await ask([...args, '--config', fleet.config]);
    const states = new Set(envelopeIn(out).rows.map((row) => row['state']));

    expect(code).toBe(5);
    expect([...states].sort()).toEqual(['insufficient_data', 'not_provable']);
  });
});

describe('report', () => {
  test.each(['html', 'md', 'json', 'xml'])('writes .%s, and says where', async (extension) => {
    const path = join(temporaryFolder(), `report.${extension}`);
    const { code, out, err } = await ask([
      'report',
      'all',
      '--out',
      path,
      '--config',
      fleet.config,
    ]);

    expect(code).toBe(0);
    expect(out).toBe('');
    expect(err).toMatch(new RegExp(`\nwrote ${path}\n$`));
    expect(statSync(path).size).toBeGreaterThan(500);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test.each(['soc', 'slo', 'cost'])('%s is a report of its own', async (kind) => {
    const path = join(temporaryFolder(), 'report.json');
    const { code } = await ask(['report', kind, '--out', path, '--config', fleet.config]);

    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ kind });
  });

  test('is not written over a folder', async () => {
    const path = join(temporaryFolder(), 'report.md');
    mkdirSync(path);
    const args = ['report', 'slo', '--out', path, '--force', '--config', fleet.config];

    expect(await ask(args)).toEqual({
      code: 2,
      out: '',
      err: `error: '${path}' is a folder.\n  fix: Name a file with --out, in that folder or elsewhere.\n`,
    });
  });

  test('overwrites only when it is told to', async () => {
    const path = join(temporaryFolder(), 'report.md');
    writeFileSync(path, 'mine');
    const args = ['report', 'slo', '--out', path, '--config', fleet.config];

    expect(await ask(args)).toEqual({
      code: 2,
      out: '',
      err: `error: '${path}' is there already.\n  fix: Name another file with --out, or overwrite it with --force.\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await ask([...args, '--force'])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('# ');
  });

  test('refuses a folder that is not there before it works for it', async () => {
    const folder = join(temporaryFolder(), 'gone');
    const args = ['report', 'slo', '--out', join(folder, 'r.html'), '--db', '/nowhere/at.all'];

    expect(await ask(args)).toEqual({
      code: 2,
      out: '',
      err: `error: There is no folder '${folder}' to write '${join(folder, 'r.html')}' into.\n  fix: Make it, or name another file with --out.\n`,
    });
  });
});

test('ingest, correlate and the questions work without a config, on a database of their own', async () => {
  const db = join(temporaryFolder(), 'own.duckdb');
  const gateway = join(fleet.folder, 'telemetry', 'gateway');

  const ingested = await ask(['ingest', 'files', gateway, '--db', db]);
  expect(ingested.err).toMatch(/^ingest: 3 files, [\d,]+ records received = /);
  expect(ingested.err).toMatch(
    /next, to make tool calls of it: mcp-witness correlate --db \S+own\.duckdb\n$/,
  );
  const correlated = await ask(['correlate', '--rebuild', '--db', db]);
  expect(correlated).toMatchObject({ code: 0, out: '' });
  expect(correlated.err).toMatch(/^correlate: \d+ tool calls = 0 matched \+ \d+ gateway only/);
  expect((await ask(['timeline', '--db', db])).out).toContain('gateway_only');
});

test('the database is --db, else MCP_WITNESS_DB, else the one of the config', async () => {
  const folder = temporaryFolder();
  const [option, variable] = [join(folder, 'option.duckdb'), join(folder, 'variable.duckdb')];
  const gateway = join(fleet.folder, 'telemetry', 'config');
  const env = { MCP_WITNESS_DB: variable };
  mkdirSync(join(folder, 'x'));
  const config = join(folder, 'x', 'mcp-witness.yaml');
  writeFileSync(config, 'store: { path: ./config.duckdb }\n');
  const ingest = ['ingest', 'files', gateway, '--config', config];

  await ask([...ingest, '--db', option], { env });
  expect([option, variable].map((path) => existsSync(path))).toEqual([true, false]);
  await ask(ingest, { env });
  expect(existsSync(variable)).toBe(true);
  expect(existsSync(join(folder, 'x', 'config.duckdb'))).toBe(false);
  await ask(ingest);
  expect(existsSync(join(folder, 'x', 'config.duckdb'))).toBe(true);
});

test('demo writes everything and ends with what it found, what to open and what to try', async () => {
  const folder = join(temporaryFolder(), 'demo');
  const { code, out, err } = await ask(['demo', folder, '--calls', '300', '--seed', '7']);

  expect(code).toBe(0);
  expect(err).toMatch(/^simulate: 300 calls, [\d,]+ records in 24 files\n/);
  for (const found of [
    '✗ Latency of read-only tools: breached.',
    '✗ Approval bypasses of destructive tools: breached.',
    '✗ Global response-body logging on MCP endpoints: breached.',
    /✗ \d agents? without an owner made/,
  ]) {
    expect(out).toMatch(found);
  }
  const report = readFileSync(join(folder, 'report.html'), 'utf8');
  expect(report).toMatch(/^<!doctype html>/i);
  // So few calls in a month leave the gateway's log silent for hours, which proves nothing.
  expect(report).toMatch(
    /have no gateway record, and a bypass is not provable: \d+ where its log is late/,
  );
  const next = out.split('Try next\n')[1]?.trim().split('\n') ?? [];
  expect(next).toHaveLength(3);
  for (const line of next) {
    const [program, ...args] = line.trim().split(' ');
    expect(program).toBe('mcp-witness');
    const answer = await ask(args);
    expect([0, 6], answer.err).toContain(answer.code);
    expect(answer.out).not.toContain('\n0 rows\n');
  }
}, 180_000);
