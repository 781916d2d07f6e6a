import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHubConsumerClient } from '@azure/event-hubs';

/** So long a client may take to close; nothing is lost by leaving it. */
const PATIENCE_MS = 3_000;

/** Waits until a client is closed, but not for ever: one whose connection drops meanwhile never is. */
export async function closed(client: EventHubConsumerClient): Promise<void> {
  const giveUp = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
  await Promise.race([client.close(), late]).catch(() => undefined);
  giveUp.abort();
  await late;
}
