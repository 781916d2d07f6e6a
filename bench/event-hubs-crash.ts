import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { generator, runToEnd, victim } from '../test/event-hubs/crashing.ts';
import { DETACHED, SERVER_BUSY } from '../test/event-hubs/peer/faults.ts';
import { gatewayRecord } from '../test/event-hubs/peer/gateway-events.ts';
import { startPeerProcess } from '../test/event-hubs/peer/peer-process.ts';

/** The long form of test/event-hubs/crash.test.ts: kills at random points and every fault. */
const EVENTS = Number(process.argv[2] ?? 200_000);
const KILLS = Number(process.argv[3] ?? 30);
const SEED = Number(process.argv[4] ?? 11);
const PARTITIONS = 4;
/** Of those, how many come while the others are read. */
const ADDED = 1;
const OF_EACH = EVENTS / PARTITIONS;
const HUB = 'apim-logs';
const GROUP = 'mcp-witness';
/** How long after a commit, or after its start, a process may live. */
const LIFE_MS = 300;
/** Of so many processes one is killed before it has committed anything, maybe before it is up. */
const EARLY = 4;
/** A partition of no event of the hub, so that what is sent is like none of them. */
const SENDER = '99';
/** No process needs this long for its first commit. */
const PATIENCE_MS = 60_000;

/** Pairs of what is and what is to be. */
function expectThat(what: string, pairs: readonly (readonly [unknown, unknown])[]): void {
  const wrong = pairs.filter(([is, wanted]) => is !== wanted);
  console.log(`  ${what}${wrong.length === 0 ? '' : `: WRONG, ${JSON.stringify(wrong)}`}`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** Sends so many events to the first partition, as a producer that tries again. */
async function send(connectionString: string, from: number, count: number): Promise<void> {
  const producer = new EventHubProducerClient(connectionString, HUB, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 3_000 },
  });
  const events = Array.from({ length: count }, (_, no) => ({
    body: JSON.parse(gatewayRecord(SENDER, from + no)),
  }));
  await producer.sendBatch(events, { partitionId: '0' });
  await producer.close();
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-crash-'));
try {
  await using peer = await startPeerProcess({
    name: HUB,
    partitions: PARTITIONS - ADDED,
    groups: [GROUP],
    generated: OF_EACH,
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
    [
      'everything throttled',
      async () => {
        await peer.setFaults({ refuseAll: SERVER_BUSY });
        await peer.tell('detachReaders', SERVER_BUSY);
        await sleep(LIFE_MS);
        await peer.setFaults({ refuseAll: undefined });
      },
    ],
  ];
  let kills = 0;
  while (kills < KILLS) {
    const [, happen] = faults[kills % faults.length] ?? faults[0] ?? [];
    // Each process has some of the events before it and not all: none ends before it is killed.
    await peer.setFaults({ holdAfter: Math.ceil(((kills + 1) * OF_EACH) / (KILLS + 1)) });
    if (kills === Math.floor(KILLS / 2)) await peer.addPartitions(ADDED);
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
  await peer.setFaults({ holdAfter: Number.MAX_SAFE_INTEGER });
  const { code, err } = await runToEnd(subject);
  const end = await subject.stored();
  console.log(
    `event-hubs-crash: ${kills} kills and ${faults.length} faults over ${EVENTS} events: count ${end.rows}, distinct ${end.distinct}, received ${end.received}, gaps ${end.gaps}`,
  );
  expectThat('each event is stored once', [
    [code ?? 'killed', 0],
    [end.rows, EVENTS],
    [end.distinct, EVENTS],
    [end.received, EVENTS],
    [end.gaps, 0],
  ]);
  if (process.exitCode) console.error(err);

  // What was sent twice is stored once.
  await peer.setFaults({ loseAcknowledgements: 1 });
  await send(peer.connectionString, 0, 2);
  const again = await runToEnd(subject);
  const resent = await subject.stored();
  expectThat(`lost acknowledgement: 2 events in ${resent.received - EVENTS} copies`, [
    [again.code ?? 'killed', 0],
    [resent.rows, EVENTS + 2],
    [resent.received, EVENTS + 4],
  ]);

  // What retention took before it was read is a gap, and so is what a deleted hub has taken along.
  await send(peer.connectionString, 2, 10);
  await peer.expire('0', (resent.positions[0] ?? 0) + 8);
  const late = await subject.start().ended;
  const expired = await subject.stored();
  expectThat(`offsets expired: ${expired.gaps} gap`, [
    [late.code ?? 'killed', 8],
    [expired.rows, EVENTS + 2 + 3],
    [expired.gaps, 1],
  ]);
  await peer.tell('recreateHub');
  const anew = await subject.start().ended;
  const afterwards = await subject.stored();
  expectThat(`hub made anew: ${afterwards.gaps - expired.gaps} gaps`, [
    [anew.code ?? 'killed', 8],
    [afterwards.rows, expired.rows],
    [afterwards.gaps - expired.gaps, PARTITIONS],
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
