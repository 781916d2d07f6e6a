import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { accessOf } from '../../ingest/event-hubs/access.ts';
import { capturedBatches } from '../../ingest/transports/captured-events.ts';
import { HubStream } from '../../ingest/transports/event-hubs.ts';
import { CAPTURE, captured, writeAvro } from './captured.ts';
import { type HubRun, hubRun, temporaryFolder } from './hub-run.ts';

const MB = 1024 * 1024;
/** What is accepted and not taken yet, see Backlog; one event may go beyond it. */
const HELD_BYTES = 40 * MB;
/** What is asked for before it is known how large events are, see Portion; it comes again. */
const FIRST_EVENTS = 64;
const UNPACKED_BYTES = 30 * MB;
const WAIT = { timeout: 30_000, interval: 20 };

async function opened({ peer, source }: HubRun): Promise<HubStream & AsyncDisposable> {
  const env = { [source.connectionStringEnv ?? '']: peer.connectionString };
  const stream = await HubStream.open(await accessOf(source, { env }), {
    checkpoints: [],
    start: 'earliest',
    now: () => new Date(),
  });
  stream.start();
  return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.close() });
}

/** Waits until a number has stood still for half a second. */
async function standing(read: () => number): Promise<number> {
  let last = read();
  let looks = 0;
  await vi.waitUntil(() => {
    looks = read() === last ? looks + 1 : 0;
    last = read();
    return looks * WAIT.interval > 500;
  }, WAIT);
  return last;
}

test('what nobody takes is bounded in bytes, however large events are', async () => {
  await using run = await hubRun();
  const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(MB) }));
  for (const partition of ['0', '1']) {
    for (let no = 0; no < 150; no += 1) run.peer.append(partition, { body });
  }
  let sent = 0;
  run.peer.onSent = (count) => {
    sent = count;
  };

  await using stream = await opened(run);
  await vi.waitUntil(() => stream.heldBytes > HELD_BYTES, WAIT);
  const sentBytes = (await standing(() => sent)) * body.length;

  expect(stream.heldBytes).toBeLessThan(HELD_BYTES + 2 * MB);
  expect(sentBytes).toBeLessThan((FIRST_EVENTS + 4) * body.length + HELD_BYTES);
});

test('packed bodies are unpacked only while there is room for what is in them', async () => {
  await using run = await hubRun();
  const body = gzipSync(JSON.stringify({ text: 'x'.repeat(UNPACKED_BYTES) }), { level: 1 });
  for (const partition of ['0', '1']) {
    for (let no = 0; no < 2; no += 1) run.peer.append(partition, { body });
  }

  await using stream = await opened(run);
  const held: number[] = [];
  while (!stream.isCaughtUp || stream.heldBytes > 0) {
    await vi.waitUntil(() => stream.heldBytes > 0, WAIT);
    held.push(await standing(() => stream.heldBytes));
    stream.take();
  }

  expect(held.reduce((sum, bytes) => sum + bytes)).toBeGreaterThan(4 * UNPACKED_BYTES);
  expect(Math.max(...held)).toBeLessThan(HELD_BYTES + UNPACKED_BYTES);
});

/** How far this process has read a file that it has open. */
function readUpTo(path: string): number {
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) !== path) continue;
      return Number(/^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]);
    } catch {
      // It was closed meanwhile.
    }
  }
  return Number.POSITIVE_INFINITY;
}

test('a Capture file is read only as far ahead as there is room for', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, '00.avro');
  const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(MB) }));
  const events = Array.from({ length: 100 }, (_, no) => captured(no, body));
  await writeAvro(path, CAPTURE, events);

  const batches = capturedBatches({ path, isGzip: false }, { asLines: false }, {});
  await batches.next();
  const ahead = await standing(() => readUpTo(path));
  await batches.return(undefined);

  expect(ahead).toBeGreaterThan(MB);
  expect(ahead).toBeLessThan(50 * MB);
});
