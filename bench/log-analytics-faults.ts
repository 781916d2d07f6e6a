import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../test/event-hubs/crashing.ts';
import type { Fault } from '../test/log-analytics/peer/faults.ts';
import { subjectOver } from '../test/log-analytics/program-over-peer.ts';

/** The long form of test/log-analytics/crash.test.ts: every fault, several times, and processes that are killed. */
const ROWS = Number(process.argv[2] ?? 500_000);
const KILLS = Number(process.argv[3] ?? 10);
const SEED = Number(process.argv[4] ?? 11);
const EVERY_MS = 100;
/** How long after a commit a process may live. */
const LIFE_MS = 1_500;
/** No process needs this long for its first commit. */
const PATIENCE_MS = 60_000;

const FAULTS: readonly Fault[] = [
  { kind: 'partial' },
  { kind: 'throttle', retryAfter: '1' },
  { kind: 'timeout', as: 'json' },
  { kind: 'timeout', as: 'html' },
  { kind: 'cut' },
  { kind: 'half' },
  { kind: 'truncated' },
  { kind: 'throttle' },
  { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' },
  { kind: 'empty' },
];

await using subject = await subjectOver({ generated: ROWS, everyMs: EVERY_MS });
const draw = generator(SEED);
let killed = 0;
// The second half is for the run that meets every fault.
for (let before = 0; killed < KILLS && before < ROWS / 2; before = await subject.committed()) {
  await subject.peer.tell({ faults: FAULTS.toSorted(() => draw() - 0.5).slice(0, 3) });
  const { child, ended } = subject.start();
  const since = performance.now();
  while ((await subject.committed()) <= before) {
    if (performance.now() - since > PATIENCE_MS) throw new Error('nothing was committed');
    await sleep(50);
  }
  await sleep(draw() * LIFE_MS);
  child.kill('SIGKILL');
  await ended;
  killed += 1;
  const { rows, distinct, received } = await subject.stored();
  console.log(`  killed after ${rows} of ${ROWS} rows`);
  if (rows !== distinct || rows !== received) throw new Error(`${distinct} are distinct`);
}
await subject.peer.tell({ faults: FAULTS });
const { code, err } = await subject.start().ended;
const { rows, distinct, received } = await subject.stored();
console.log(
  `log-analytics-faults: ${FAULTS.length} faults and ${killed} kills over ${ROWS} rows: ` +
    `count ${rows}, distinct ${distinct}, received ${received}, exit ${code}`,
);
if (code !== 0) console.log(err);
if (code !== 0 || rows !== ROWS || distinct !== ROWS || received !== ROWS) process.exitCode = 1;
