import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { Store } from '../../store/store.ts';
import { ask, type Fleet, makeFleet, temporaryFolder } from './fleet.ts';
import { requests } from './requests.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

/** What each format of a report begins with. */
const BEGINS: Readonly<Record<string, string>> = {
  json: '{\n  "schemaVersion": 1,',
  ndjson: '{"kind":"control",',
  csv: 'state,objective,measured,target,',
  md: '| state | objective | measured |',
  junit: '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mcp-witness"',
  sarif: '{\n "$schema": "https://docs.oasis-open.org/sarif/',
  openmetrics: '# TYPE mcp_witness_slo_state stateset\n',
  html: '<!DOCTYPE html>',
};

const ABORTED = { signal: AbortSignal.abort() };

/** A config over one file of telemetry. */
function configOver(telemetry: string): string {
  const folder = temporaryFolder();
  const config = join(folder, 'c.yaml');
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'telemetry.json'), telemetry);
  writeFileSync(
    config,
    'store: { path: ./w.duckdb }\nsources: [{ name: in, kind: files, paths: [./in] }]\n',
  );
  return config;
}

/** A config with the objective on latency alone, with another target. */
function configWithTarget(target: string): string {
  const folder = temporaryFolder();
  cpSync(packagePath('examples/slos'), folder, { recursive: true });
  const slo = join(folder, 'read-only-latency.yaml');
  const text = readFileSync(slo, 'utf8');
  expect(text).toContain('target: 0.95');
  // Against a low target no alert could ever fire, which is refused.
  const silent = text.replace(/^ {2}alertPolicies:\n(?: {4}.*\n)+/m, '');
  writeFileSync(slo, silent.replace('target: 0.95', `target: ${target}`));
  const config = join(folder, 'c.yml');
  const slos = ['read-only-latency', 'services'].map((name) => `./${name}.yaml`);
  writeFileSync(config, `slos: [${slos.join(', ')}]\n`);
  return config;
}

describe('slo report is a gate', () => {
  test('0: every target is met', async () => {
    const args = ['slo', 'report', '--config', configWithTarget('0.1'), '--db', fleet.db];
    const { code, out, err } = await ask(args);

    expect(out, err).toMatch(/\nmet +Latency of read-only tools /);
    expect(code).toBe(0);
  });

  test('5: nothing was breached, and something was not verified', async () => {
    const args = ['slo', 'report', '--config', configWithTarget('0.95'), '--db', fleet.db];
    const { code, out } = await ask([...args, '--to', '2020-01-01']);

    expect(out).toMatch(/\ninsufficient_data +Latency of read-only tools +nothing /);
    expect(code).toBe(5);
  });

  test('6: a breach wins over what was not verified', async () => {
    const { code, out } = await ask(['slo', 'report', '--config', fleet.config]);

    expect(out).toMatch(/^breached/m);
    expect(out).toMatch(/^insufficient_data/m);
    expect(code).toBe(6);
  });

  test('the gate is the same in every format', async () => {
    for (const [format, begins] of Object.entries(BEGINS)) {
      const args = ['slo', 'report', '--format', format, '--config', fleet.config];
      const { code, out } = await ask(args);
      expect([code, out.slice(0, begins.length)], format).toEqual([6, begins]);
    }
  });
});

describe('slo compare is a gate once it is given one', () => {
  const compare = (...args: readonly string[]) =>
    ask(['slo', 'compare', ...args, '--config', fleet.config]);

  test('0: it only tells, or every gate passes', async () => {
    expect((await compare('--window', '7d')).code).toBe(0);
    expect((await compare('--gate', 'read-only-latency <100000')).code).toBe(0);
  });

  test('5: there was nothing to hold it against', async () => {
    const { code, out } = await compare('--gate', '<=+10%', '--format', 'csv');

    expect(out).toContain('inconclusive: <=+10%');
    expect(code).toBe(5);
    // So few write calls are too few to pass on.
    expect((await compare('--gate', '<100000')).code).toBe(5);
    expect(await compare('--by', 'server_version', '--gate', 'regression')).toMatchObject({
      code: 5,
      err: expect.stringContaining("the gate 'regression' was held against nothing\n"),
    });
  });

  test('6: a gate fails', async () => {
    const { code, out } = await compare('--gate', 'read-only-latency <1', '--gate', 'regression');

    expect(out).toMatch(/\n {2}✗ read-only-latency <1 fail: [\d,.]+ against 1\n/);
    expect(code).toBe(6);
  });

  test('2: a gate that would never fail', async () => {
    expect(await compare('--gate', 'latency <600')).toMatchObject({
      code: 2,
      err: expect.stringContaining("The gate 'latency <600' names no objective."),
    });
  });
});

describe('run', () => {
  test('5: nothing to judge', async () => {
    const { code, out, err } = await ask(['run', '--config', configOver('[]')]);

    expect(err).toContain('0 records received');
    expect(
      out.split('\n').filter((line) => /^(insufficient_data|not_provable)/.test(line)),
    ).toHaveLength(15);
    expect(code).toBe(5);
  });

  test('8: partly collected wins over not verified', async () => {
    const { code, err } = await ask(['run', '--config', configOver('{"Type":"AppRequests",')]);

    expect(err).toContain('1 rejected');
    expect(code).toBe(8);
  });

  test('6: a breach wins over partly collected; nothing is stored twice, verdicts are kept', async () => {
    const { code, err } = await ask(['run', '--config', fleet.config]);
    using store = await Store.openToRead(fleet.db);
    const kept = await store.rows(
      'select (select count(*) from slo_verdicts) + (select count(*) from control_verdicts) as verdicts',
    );

    expect(err).toMatch(/received = 0 stored \+ .* [1-9]\d* rejected/);
    expect(code).toBe(6);
    expect(Number(kept[0]?.['verdicts'])).toBeGreaterThanOrEqual(6);
  });

  test('130: interrupted before anything was judged', async () => {
    const { code, out } = await ask(['run', '--config', configOver('[]')], ABORTED);

    expect({ code, out }).toEqual({ code: 130, out: '' });
  });
});

describe('ingest', () => {
  test('0: everything was used', async () => {
    const agents = join(fleet.folder, 'telemetry', 'agents');
    const args = ['ingest', 'files', agents, '--db', join(temporaryFolder(), 'w.duckdb')];

    expect((await ask(args)).code).toBe(0);
  });

  test('8: something was set aside, and it is safe to repeat', async () => {
    const config = configOver('[{"shipment":1}]');

    expect((await ask(['ingest', 'all', '--config', config])).code).toBe(8);
    expect((await ask(['ingest', 'all', '--config', config])).code).toBe(8);
  });

  test('8: a value was left out, and the rest of its record is stored', async () => {
    const config = configOver(
      '[{"Type":"AppRequests","TimeGenerated":"2026-11-20T10:00:00Z","Id":"s","OperationId":"t","DurationMs":"slow"}]',
    );
    const { code, err } = await ask(['ingest', 'all', '--config', config]);
    const shown = await ask(['coverage', '--of', 'unreadable', '--config', config]);

    expect(err).toMatch(
      /received = 1 stored [^\n]*\ningest: 1 value of stored records could not be read and left out: mcp-witness coverage --of unreadable --db /,
    );
    expect(shown.out).toMatch(/\nAppRequests +latency_ms +1 /);
    expect(code).toBe(8);
  });

  test('130: interrupted after the last file, nothing is left to be read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.ndjson'), requests(3));
    const abort = new AbortController();

    const { code, err } = await ask(
      ['ingest', 'files', join(folder, 'a.ndjson'), '--db', join(folder, 'w.duckdb')],
      { signal: abort.signal, progress: () => abort.abort() },
    );

    expect(code).toBe(130);
    expect(err).toContain('3 records received = 3 stored');
    expect(err).toContain('everything had been read: it is stored, and nothing is left.\n');
  });

  test('130: interrupted after what was read is stored; repeating it stores the rest', async () => {
    const db = join(temporaryFolder(), 'w.duckdb');
    const args = ['ingest', 'files', join(fleet.folder, 'telemetry'), '--db', db];
    const abort = new AbortController();
    let batches = 0;
    const progress = () => {
      batches += 1;
      if (batches === 5) abort.abort();
    };

    const first = await ask(args, { signal: abort.signal, progress });
    const between = await eventsIn(db);
    const again = await ask(args);

    expect(first.code).toBe(130);
    expect(first.err).toContain('Repeat the command to read the rest.\n');
    expect(between).toBeGreaterThan(0);
    expect(between).toBeLessThan(await eventsIn(fleet.db));
    expect(again.code).toBe(8);
    expect(await eventsIn(db)).toBe(await eventsIn(fleet.db));
  });
});

test('what a listing or a report found never changes its exit code', async () => {
  const report = join(temporaryFolder(), 'r.html');
  for (const command of ['timeline', 'coverage', 'cost report', `report all --out ${report}`]) {
    expect((await ask([...command.split(' '), '--config', fleet.config])).code, command).toBe(0);
  }
});

async function eventsIn(db: string): Promise<number> {
  using store = await Store.openToRead(db);
  const [row] = await store.rows('select count(*) as events from events');
  return Number(row?.['events']);
}
