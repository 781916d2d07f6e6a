import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { generator, runToEnd, victim } from './crashing.ts';
import { GROUP, HUB, temporaryFolder } from './hub-run.ts';
import { DETACHED } from './peer/faults.ts';
import { type PeerProcess, startPeerProcess } from './peer/peer-process.ts';

const PARTITIONS = 3;
const GENERATED = 4_000;
const EVENTS = PARTITIONS * GENERATED;
const WAIT = { timeout: 60_000, interval: 10 };

/** Several whole processes one after another, on a machine that may be busy. */
vi.setConfig({ testTimeout: 240_000 });

async function hub(): Promise<PeerProcess> {
  return startPeerProcess({
    name: HUB,
    partitions: PARTITIONS,
    groups: [GROUP],
    generated: GENERATED,
  });
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
    await subject.firstCommit(ended, 60_000);
    await happen();
    // Not to wait for something: where in its work it dies is what is random.
    await sleep(draw() * 400 * round);
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
    await vi.waitUntil(async () => (await subject.committed()) > 0, WAIT);

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
  await vi.waitUntil(async () => (await subject.committed()) > 0, WAIT);

  const second = await subject.start().ended;
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
