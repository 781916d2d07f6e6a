import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { ask, type Fleet, makeFleet, temporaryFolder } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

const TO = '2026-11-21T00:00:00Z';

interface Events {
  readonly window: { readonly from: string; readonly to: string };
  readonly coverage: { readonly rows: number };
  readonly rows: readonly { readonly at: string }[];
}

/** The rows of `read-only-latency` as JSON, and what is said beside them. */
async function events(config: string, ...args: readonly string[]) {
  const asked = ['slo', 'events', 'read-only-latency', '--to', TO, '--format', 'json'];
  const { out, err } = await ask([...asked, '--config', config, '--db', fleet.db, ...args]);
  return { ...(JSON.parse(out) as Events), err };
}

/** A config over the objective, with another window. */
function configWithWindow(timeWindow: string): string {
  const folder = temporaryFolder();
  cpSync(packagePath('examples/slos'), folder, { recursive: true });
  const slo = join(folder, 'read-only-latency.yaml');
  const text = readFileSync(slo, 'utf8');
  const rolling = /timeWindow:\n {4}- duration: 30d\n {6}isRolling: true\n/;
  expect(text).toMatch(rolling);
  const silent = text.replace(/^ {2}alertPolicies:\n(?: {4}.*\n)+/m, '');
  writeFileSync(slo, silent.replace(rolling, `timeWindow: [${timeWindow}]\n`));
  const config = join(folder, 'c.yml');
  writeFileSync(config, 'slos: [./read-only-latency.yaml, ./services.yaml]\n');
  return config;
}

test('a limit that cuts is said, with what takes more, and one that takes all is not', async () => {
  const all = await events(fleet.config);
  const most = all.rows.length;
  const cut = await events(fleet.config, '--limit', String(most - 1));

  expect(most).toBeGreaterThan(1);
  expect(cut.rows).toEqual(all.rows.slice(0, most - 1));
  expect(cut.err).toMatch(new RegExp(`\\nthe first ${most - 1} rows; --limit takes more\\n$`));
  expect((await events(fleet.config, '--limit', String(most))).err).not.toContain('--limit');
});

const windows: Readonly<Record<string, readonly [string, string]>> = {
  'a rolling one': ['{ duration: 7d, isRolling: true }', '2026-11-14T00:00:00.000Z'],
  'a month of the calendar': [
    "{ duration: 1M, calendar: { startTime: '2026-01-01 00:00:00', timeZone: UTC } }",
    '2026-11-01T00:00:00.000Z',
  ],
};

test.each(Object.entries(windows))("the window is the objective's own: %s", async (_, row) => {
  const [timeWindow, from] = row;
  const { window, err, rows, coverage } = await events(configWithWindow(timeWindow));

  expect(window).toEqual({ from, to: '2026-11-21T00:00:00.000Z' });
  expect(err).toContain(`window: ${from} to ${window.to}\n`);
  expect(rows.every(({ at }) => at >= from)).toBe(true);
  const { out } = await ask([
    'timeline',
    '--from',
    from,
    '--to',
    TO,
    '--format',
    'json',
    '--config',
    fleet.config,
  ]);
  expect(coverage).toEqual((JSON.parse(out) as Events).coverage);
});

test('the window is the end of it that was asked for', async () => {
  const { window } = await events(fleet.config, '--lookback', '6h');

  expect(window).toEqual({ from: '2026-11-20T18:00:00.000Z', to: '2026-11-21T00:00:00.000Z' });
});
