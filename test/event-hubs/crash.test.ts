import { statSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { run as runProgram } from '../cli/program.ts';
import { generator, runToEnd, type Victim, victim } from './crashing.ts';
import { GROUP, HUB, temporaryFolder } from './hub-run.ts';
import { DETACHED } from './peer/faults.ts';
import { type PeerProcess, startPeerProcess } from './peer/peer-process.ts';

const PARTITIONS = 3;
const GENERATED = 4_000;
const EVENTS = PARTITIONS * GENERATED;

async function hub(): Promise<PeerProcess> {
  return startPeerProcess({
    name: HUB,
    partitions: PARTITIONS,
    groups: [GROUP],
    generated: GENERATED,
  });
}

/** How much the database's log holds: it grows with each commit. */
function logBytes({ db }: Victim): number {
  return statSync(`${db}.wal`, { throwIfNoEntry: false })?.size ?? 0;
}

test('killed at random points and beset by faults, it stores each event once', async () => {
  using folder = temporaryFolder();
  await using peer = await hub();
  const subject = victim(folder.path, HUB, GROUP, peer);
  const draw = generator(7);
  const faults = [
    () => peer.tell('dropConnections'),
    () => peer.tell('detachReaders', DETACHED),
    () => peer.tell('rewind', 700),
    () => peer.setFaults({ rewind: 500 }),
  ];

  for (const [round, happen] of faults.entries()) {
    const { child, ended } = subject.start();
    const before = logBytes(subject);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    // One commit after the start, then after some more: what is random is where in its work it dies.
    await vi.waitUntil(() => isOver || logBytes(subject) !== before, {
      timeout: 30_000,
      interval: 5,
    });
    await happen();
    const mark = performance.now() + draw() * 400 * round;
    await vi.waitUntil(() => isOver || performance.now() > mark, { timeout: 30_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
    const { rows, distinct, received, positions } = await subject.stored();
    expect(distinct).toBe(rows);
    expect(received).toBe(rows);
    expect(Object.values(positions).reduce((sum, each) => sum + each + 1, 0)).toBe(rows);
  }

  expect(await runToEnd(subject)).toMatchObject({ code: 0 });
  expect(await subject.stored()).toEqual({
    rows: EVENTS,
    distinct: EVENTS,
    received: EVENTS,
    gaps: 0,
    positions: { 0: GENERATED - 1, 1: GENERATED - 1, 2: GENERATED - 1 },
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s commits what is whole and ends with 130',
  async (signal) => {
    using folder = temporaryFolder();
    await using peer = await hub();
    const subject = victim(folder.path, HUB, GROUP, peer);
    // It never ends by itself: something is always still to come.
    await peer.setFaults({ holdAfter: GENERATED / 2 });
    const { child, ended } = subject.start();
    await vi.waitUntil(() => logBytes(subject) > 500_000, { timeout: 30_000, interval: 10 });

    child.kill(signal);
    const { code, err } = await ended;

    expect(code).toBe(130);
    expect(err).toContain('Stopping when what was read is stored; once more stops at once.\n');
    expect(err).toContain(
      'Interrupted: what was counted is stored. Repeat the command to read the rest.\n',
    );
    const { rows, received } = await subject.stored();
    expect(rows).toBe(received);
    expect(rows).toBeGreaterThan(0);
    await peer.setFaults({ holdAfter: Number.MAX_SAFE_INTEGER });
    expect(await runToEnd(subject)).toMatchObject({ code: 0 });
    expect(await subject.stored()).toMatchObject({ rows: EVENTS, distinct: EVENTS, gaps: 0 });
  },
);

test('a second process is told who adds to the database, and since when', async () => {
  using folder = temporaryFolder();
  await using peer = await hub();
  const subject = victim(folder.path, HUB, GROUP, peer);
  await peer.setFaults({ holdAfter: GENERATED / 2 });
  const { child, ended } = subject.start();
  await vi.waitUntil(() => logBytes(subject) > 100_000, { timeout: 30_000, interval: 10 });

  const second = await runProgram(['correlate', '--db', subject.db]);
  child.kill('SIGKILL');
  await ended;

  expect(second.code).toBe(2);
  expect(second.err).toMatch(
    new RegExp(
      `^error: 'ingest event-hubs stream', process ${child.pid} on \\S+, adds to the database '${subject.db}' since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\.\\n  fix: Wait until it is done or stop it; or add to another file with --db\\.\\n$`,
    ),
  );
  // The dead one's lease holds up nobody.
  await peer.setFaults({ holdAfter: Number.MAX_SAFE_INTEGER });
  expect(await runToEnd(subject)).toMatchObject({ code: 0 });
});
