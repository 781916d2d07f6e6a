import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import rhea from 'rhea';
import type { EventHubsPeer } from './peer.ts';

/** What fills a hub while it is read. */
export interface FeedOptions {
  /** A file whose lines are the bodies, in the order in which they are to come. */
  readonly path: string;
  readonly perSecond: number;
}

const TICK_MS = 20;

/** Enqueues each line of a file, in turns over the partitions, at a steady rate. Ends with the file. */
export async function feed(peer: EventHubsPeer, { path, perSecond }: FeedOptions): Promise<void> {
  const partitions = peer.hub.partitions.map(({ id }) => id);
  const lines = createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const begin = performance.now();
  let fed = 0;
  for await (const line of lines) {
    while (fed >= ((performance.now() - begin) / 1000) * perSecond) await sleep(TICK_MS);
    const body = rhea.message.data_section(Buffer.from(line));
    peer.append(partitions[fed % partitions.length] ?? '0', { body });
    fed += 1;
  }
}
