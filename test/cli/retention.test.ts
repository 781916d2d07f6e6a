import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { ask, type Fleet, refused, temporaryFolder } from './fleet.ts';

/** Two days after the evidence, whose calls are minutes around one midnight: many are on both sides of it. */
const NOW = new Date('2026-11-22T12:00:00Z');
const CUT = '2026-11-21';

let fleet: Fleet;
let before: string;
const on = (...args: readonly string[]) =>
  ask([...args, '--config', fleet.config], { now: () => NOW });

function keep(retention: string): void {
  const text = readFileSync(fleet.config, 'utf8').replace(/^retention:.*\n/m, '');
  writeFileSync(fleet.config, `${text.trimEnd()}\nretention: ${retention}\n`);
}

/** Every column of every call that began at the midnight or later. */
async function keptCalls(): Promise<string> {
  const { out, code, err } = await on(
    ...['timeline', '--from', CUT, '--to', '2026-11-22', '--format', 'csv', '--limit', '100000'],
  );
  expect(code, err).toBe(0);
  return out;
}

async function numbers(sql: string): Promise<unknown> {
  using store = await Store.openToRead(fleet.db);
  return (await store.rows(sql))[0];
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-retention-'));
  fleet = {
    folder,
    config: join(folder, 'mcp-witness.yaml'),
    db: join(folder, 'witness.duckdb'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  const span = ['--from', '2026-11-20T23:59:00Z', '--to', '2026-11-21T00:01:00Z'];
  const made = await ask(['simulate', '--out', folder, '--calls', '140', ...span]);
  expect(made.code, made.err).toBe(0);
  const { code, err } = await on('run');
  expect([0, 5, 6, 8], err).toContain(code);
  {
    // The clock of a server is a little behind: a record of a call that stays is of the day before.
    using store = await Store.openToWrite(fleet.db);
    await store.run(
      `update events set occurred_at = timestamptz '${CUT} 00:00:00Z' - interval 100 milliseconds
       where event_id = (
         select server_event_id from correlated_calls
         where "timestamp" >= '${CUT}' and match_basis = 'parent' order by "timestamp" limit 1)`,
    );
  }
  await on('correlate', '--rebuild');
  before = await keptCalls();
});
afterAll(() => fleet.remove());

test('without a word in the config nothing is removed', async () => {
  expect(await on('retention', 'apply')).toEqual(
    refused(
      `${fleet.config} does not say how long anything is kept.`,
      "Write 'retention: { evidence: 400d, verdicts: 2555d }' into the config (mcp-witness.yaml, or --config); without it everything is kept.",
    ),
  );
  keep('{ evidence: 12h }');
  const { code, err } = await on('retention', 'plan');
  expect(code).toBe(2);
  expect(err).toContain("Write whole days, such as '400d'.");
});

test('a database that is not there is not made to have nothing removed', async () => {
  keep('{ evidence: 400d }');
  const absent = join(fleet.folder, 'typo.duckdb');

  for (const what of ['plan', 'apply']) {
    expect(await on('retention', what, '--db', absent)).toEqual(
      refused(
        `There is no database at '${absent}'.`,
        `Make it with 'mcp-witness ingest files PATHS... --db ${absent}', or name another with --db.`,
      ),
    );
  }
  expect(existsSync(absent)).toBe(false);
});

test('a record of a time that has not come is no evidence that would be left', async () => {
  keep('{ evidence: 1d }');
  const one = "(select min(event_id) from events where layer = 'server')";
  const dated = async (time: string) => {
    using store = await Store.openToWrite(fleet.db);
    const [row] = await store.rows(`select occurred_at as at from events where event_id = ${one}`);
    await store.run(`update events set occurred_at = $time where event_id = ${one}`, { time });
    return String(row?.['at']);
  };
  const before = await dated('2131-01-01T00:00:00Z');
  const late = { now: () => new Date('2126-01-01T00:00:00Z') };

  const { code, err } = await ask(['retention', 'apply', '--config', fleet.config], late);
  await dated(before);

  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringContaining('are older than what is kept; nothing would be left.'),
  });
});

test('what leaves nothing is refused, and a plan changes nothing', async () => {
  keep('{ evidence: 400d }');
  expect((await on('retention', 'plan')).err).toBe(
    'retention: would remove of evidence before 2025-10-18 (UTC): nothing\n',
  );
  keep('{ evidence: 1d }');
  const late = { now: () => new Date('2126-01-01T00:00:00Z') };
  const { code, err } = await ask(['retention', 'apply', '--config', fleet.config], late);
  expect(code).toBe(2);
  expect(err).toMatch(
    /error: All [\d,]+ events of '.*' are older than what is kept; nothing would be left\.\n/,
  );
  expect((await on('retention', 'plan')).err).toMatch(
    /^retention: would remove of evidence before 2026-11-21 \(UTC\): [\d,]+ events, \d+ correlated_calls, /,
  );
  expect(await keptCalls()).toBe(before);
});

test('a call goes with all its evidence or stays as it was; none of it comes back', async () => {
  const across = `from (
      select call_id, call."timestamp" < '${CUT}' as goes, event.occurred_at < '${CUT}' as is_before
      from (select *, unnest(string_split(event_ids, ','))::uuid as event_id from correlated_calls) as call
      inner join events as event using (event_id))
    where goes <> is_before`;
  const crossing = await numbers(
    `select count(*) filter (goes) > 0 as gone, count(*) filter (not goes) > 0 as kept ${across}`,
  );
  expect(crossing).toEqual({ gone: true, kept: true });

  const applied = await on('retention', 'apply');

  expect(applied.code, applied.err).toBe(0);
  expect(applied.err).toMatch(
    /\nretention: removed of evidence before 2026-11-21 \(UTC\): [\d,]+ events, (\d+) correlated_calls, .*\ncorrelate: .*\nretention: the file is written anew: [\d,]+ bytes before, [\d,]+ now\n/,
  );
  expect(await keptCalls()).toBe(before);
  const left = await numbers(
    `select
       (select count(*) from tool_calls where "timestamp" < '${CUT}') as calls,
       (select count(*) ${across}) > 0 as has_pieces_before,
       (select count(*) from pending_rewrites) as rewrites,
       (select removed = (select sum(removed) from retention_runs where table_name = 'events')
          from (select to_sequence_number as removed from stream_gaps where cause = 'removed')) as is_told`,
  );
  expect(left).toEqual({ calls: 0, has_pieces_before: true, rewrites: 0, is_told: true });

  const again = await on('ingest', 'files', join(fleet.folder, 'telemetry'));
  const count = 'select count(*) as events from events';
  const events = await numbers(count);
  expect(again.err).toMatch(/records received = 0 stored \+ /);
  expect(again.err).toMatch(/ingest: ([\d,]+) of the excluded are older than what is kept: /);
  expect(await on('correlate')).toMatchObject({ code: 0 });
  expect(await keptCalls()).toBe(before);
  expect((await on('correlate', '--rebuild')).err).not.toContain('revised');
  expect(await keptCalls()).toBe(before);
  expect(await numbers(count)).toEqual(events);
  expect((await on('retention', 'apply')).err).toContain('(UTC): nothing\n');
});

test('a verdict over a window that reaches further back says so, and is not met', async () => {
  const { out } = await on('slo', 'report', '--format', 'json', '--to', '2026-11-21T00:04:00Z');
  const { rows } = JSON.parse(out) as { rows: readonly { state: string; reason: string }[] };

  const states = new Set(rows.map(({ state }) => state));
  expect(states).not.toContain('met');
  expect(
    rows.filter(({ reason }) => reason.includes("removed by 'retention apply'")).length,
  ).toBeGreaterThan(4);
  const gaps = await on('coverage', '--of', 'gaps', '--format', 'csv');
  expect(gaps.out).toContain('retention,evidence,removed,');
  const books = await on('query', 'sre/retention_runs', '--format', 'csv');
  expect(books.out).toContain('evidence,2026-11-21T00:00:00Z,events,');
});

test('every answer over a window that reaches further back says so', async () => {
  const words =
    "begins before 2026-11-21 00:00:00, up to when 'retention apply' has removed the evidence: no number holds that time";
  const back = ['--from', '2026-11-20', '--to', '2026-11-22'];
  for (const question of [['cost', 'report'], ['timeline'], ['query', 'sre/calls_by_day']]) {
    expect((await on(...question, ...back)).err).toContain(`warning: The window ${words}.\n`);
  }
  const report = await on('report', 'cost', ...back, '--out', join(fleet.folder, 'cost.md'));
  expect(report.err).toContain(words);
  expect(readFileSync(join(fleet.folder, 'cost.md'), 'utf8')).toContain(words);

  expect((await on('timeline', '--from', CUT, '--to', '2026-11-22')).err).not.toContain(words);
});

test('verdicts have days of their own', async () => {
  const folder = temporaryFolder();
  const db = join(folder, 'w.duckdb');
  {
    using store = await Store.openToWrite(db);
    for (const day of ['2026-01-01', '2026-11-01']) {
      await store.run(
        `insert into control_verdicts values ('a', '2025-01-01', $day::timestamptz, 'met', '', 1, 1, 0, 0, '', $day::timestamptz)`,
        { day },
      );
    }
  }
  const config = join(folder, 'c.yaml');
  writeFileSync(config, 'retention: { verdicts: 100d }\n');
  const { err, code } = await ask(['retention', 'apply', '--config', config, '--db', db]);

  expect(code).toBe(0);
  expect(err).toContain(
    'retention: removed of verdicts before 2026-08-13 (UTC): 1 control_verdicts\n',
  );
  using store = await Store.openToRead(db);
  expect(await store.rows('select count(*) as verdicts from control_verdicts')).toEqual([
    { verdicts: 1 },
  ]);
});
