import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator, runToEnd, victim } from '../test/event-hubs/crashing.ts';
import { DETACHED, SERVER_BUSY } from '../test/event-hubs/peer/faults.ts';
import { startPeerProcess } from '../test/event-hubs/peer/peer-process.ts';

/** The long form of test/event-hubs/crash.test.ts: kills at random points and every fault. */
const EVENTS = Number(process.argv[2] ?? 200_000);
const KILLS = Number(process.argv[3] ?? 30);
const SEED = Number(process.argv[4] ?? 11);
const PARTITIONS = 4;
const HUB = 'apim-logs';
const GROUP = 'mcp-witness';
/** How long after a commit, or after its start, a process may live. */
const LIFE_MS = 300;
/** Of so many processes one is killed before it has committed anything, maybe before it is up. */
const EARLY = 4;
/** No process needs this long for its first commit. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-crash-'));
try {
  await using peer = await startPeerProcess({
    name: HUB,
    partitions: PARTITIONS,
    groups: [GROUP],
    generated: EVENTS / PARTITIONS,
    bodyBytes: 1_500,
  });
  const draw = generator(SEED);
  const subject = victim(folder, HUB, GROUP, peer);
  const faults: readonly (readonly [string, () => Promise<void>])[] = [
    ['connections dropped', () => peer.tell('dropConnections')],
    ['readers detached', () => peer.tell('detachReaders', DETACHED)],
    ['server busy', () => peer.tell('detachReaders', SERVER_BUSY)],
    [
      'attaches refused',
      () => peer.setFaults({ refuseAttaches: { count: 3, error: SERVER_BUSY } }),
    ],
    ['delivered again in mid-stream', () => peer.tell('rewind', 3_000)],
    ['started earlier than asked', () => peer.setFaults({ rewind: 2_000 })],
    ['tokens expired', () => peer.tell('expireTokens')],
  ];
  let kills = 0;
  while (kills < KILLS) {
    const [, happen] = faults[kills % faults.length] ?? faults[0] ?? [];
    const { child, ended } = subject.start();
    if (kills % EARLY !== 0) await subject.firstCommit(ended, PATIENCE_MS);
    await sleep(draw() * LIFE_MS);
    await happen?.();
    await sleep(draw() * LIFE_MS);
    child.kill('SIGKILL');
    kills += 1;
    const { code } = await ended;
    const { rows, distinct, received, gaps, positions } = await subject.stored();
    const taken = Object.values(positions).reduce((sum, each) => sum + each + 1, 0);
    if (rows !== distinct || rows !== received || rows !== taken || gaps > 0) {
      throw new Error(
        `after ${kills} kills: ${JSON.stringify({ rows, distinct, received, taken, gaps })}`,
      );
    }
    console.log(
      `kill ${kills} (${code === null ? 'in its work' : `it had ended: ${code}`}): ${rows} rows`,
    );
  }
  const { code, err } = await runToEnd(subject);
  const end = await subject.stored();
  await peer.tell('recreateHub');
  const anew = await subject.start().ended;
  const afterwards = await subject.stored();
  const isWhole =
    code === 0 &&
    end.rows === EVENTS &&
    end.distinct === EVENTS &&
    end.received === EVENTS &&
    end.gaps === 0;
  const isReported =
    anew.code === 8 && afterwards.gaps === PARTITIONS && afterwards.rows === EVENTS;
  console.log(
    `event-hubs-crash: ${kills} kills and ${faults.length} faults over ${EVENTS} events: count ${end.rows}, distinct ${end.distinct}, received ${end.received}, gaps ${end.gaps}; ` +
      `hub made anew: ${afterwards.gaps} gaps of ${PARTITIONS} reported`,
  );
  if (!isWhole || !isReported) {
    console.error(err, anew.err);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
