import { ingestEventHub } from '../../ingest/ingest-event-hubs.ts';
import { Store } from '../../store/store.ts';
import { GROUP, HUB, hubSource } from './hub-run.ts';

/**
 * Reads a hub as somebody who signs in with Microsoft Entra ID: over TLS, with a token. A process of
 * its own, because Node reads NODE_EXTRA_CA_CERTS when it starts. Says on stdout what it read.
 */
const [namespace = '', token = ''] = process.argv.slice(2);
using store = await Store.inMemory();
try {
  const { received, stored } = await ingestEventHub(
    store,
    hubSource({ hub: HUB, consumerGroup: GROUP, namespace, connectionStringEnv: undefined }),
    {
      key: 'k',
      env: {},
      now: () => new Date(),
      claimant: { pid: process.pid, isRunning: () => true },
      credential: {
        getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      patienceMs: 10_000,
    },
  );
  process.stdout.write(JSON.stringify({ received, stored }));
} catch (error) {
  const { code, message, fix } = error as Record<string, unknown>;
  process.stdout.write(JSON.stringify({ code, message, fix }));
}
