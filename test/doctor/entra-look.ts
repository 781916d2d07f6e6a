import { lookAtHub } from '../../ingest/event-hubs/look.ts';
import { GROUP, HUB, hubSource } from '../event-hubs/hub-run.ts';

/**
 * Looks at a hub as somebody who signs in with Microsoft Entra ID: over TLS, with a token. A process of
 * its own, because Node reads NODE_EXTRA_CA_CERTS when it starts. Says on stdout what it saw.
 */
const [namespace = '', token = ''] = process.argv.slice(2);
const source = hubSource({
  hub: HUB,
  consumerGroup: GROUP,
  namespace,
  connectionStringEnv: undefined,
});
try {
  const credential = {
    getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const { partitions } = await lookAtHub(source, { env: {}, credential, limitMs: 10_000 });
  process.stdout.write(
    JSON.stringify(partitions.map(({ id, first, last }) => ({ id, first, last }))),
  );
} catch (error) {
  const { code, fix } = error as Record<string, unknown>;
  process.stdout.write(JSON.stringify({ code, fix }));
}
process.exit(0);
