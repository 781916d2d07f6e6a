import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../../cli/exit-codes.ts';
import { ask } from '../cli/fleet.ts';
import { DEEP } from './hostile-bodies.ts';
import { GROUP, HUB, type HubRun, hubRun, temporaryFolder } from './hub-run.ts';
import { SERVER_BUSY, TOO_MANY_READERS, UNAUTHORIZED } from './peer/faults.ts';
import type { EventHubsPeer } from './peer/peer.ts';

interface Given {
  readonly hub?: string;
  readonly group?: string;
  readonly env?: (connection: string) => Record<string, string>;
}

/** Runs the command over a config that names the peer. */
async function ingest({ peer }: HubRun, { hub = HUB, group = GROUP, env }: Given = {}) {
  using folder = temporaryFolder();
  const config = join(folder.path, 'mcp-witness.yaml');
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }\nsources:\n  - { name: stream, kind: event-hubs, connection_string_env: HUB, hub: ${hub}, consumer_group: ${group} }\n`,
  );
  const given = env?.(peer.connectionString) ?? { HUB: peer.connectionString };
  const answer = await ask(['ingest', 'event-hubs', '--config', config], { env: given });
  const err = answer.err.replaceAll(`127.0.0.1:${peer.port}`, 'PEER').replaceAll(folder.path, '');
  return { ...answer, err };
}

interface Trouble extends Given {
  readonly happen?: (peer: EventHubsPeer) => unknown;
  readonly code: number;
  readonly says: string;
}

const az = '--namespace-name 127 --resource-group RESOURCE_GROUP';

const troubles: Readonly<Record<string, Trouble>> = {
  'a hub that is not there': {
    hub: 'other',
    code: 4,
    says: `error: There is no event hub 'other' in 'PEER'.\n  fix: Correct 'hub' in the config; these exist: az eventhubs eventhub list ${az} --query '[].name'\n`,
  },
  'a consumer group that is not there': {
    group: 'nobody',
    code: 4,
    says: `error: The consumer group 'nobody' does not exist in the event hub 'apim-logs' in 'PEER'.\n  fix: Make it: az eventhubs eventhub consumer-group create ${az} --eventhub-name apim-logs --name nobody\n`,
  },
  'a key that is refused': {
    happen: (peer) => {
      peer.faults.refuseTokens = true;
    },
    code: 3,
    says: `error: The connection string in HUB may not read the event hub 'apim-logs' in 'PEER': its key is wrong or lacks the right to listen.\n  fix: Take it from a rule that listens: az eventhubs eventhub authorization-rule keys list ${az} --eventhub-name apim-logs --name RULE --query primaryConnectionString -o tsv\n`,
  },
  'a key that may not listen': {
    happen: (peer) => {
      peer.faults.refuseAttaches = { count: 1_000, error: UNAUTHORIZED };
    },
    code: 3,
    says: 'its key is wrong or lacks the right to listen.',
  },
  'a wrong key': {
    env: (connection) => ({ HUB: connection.replace(/AccessKey=[^;]+/, 'AccessKey=d3Jvbmc=') }),
    code: 3,
    says: 'its key is wrong or lacks the right to listen.',
  },
  'five readers already': {
    happen: (peer) => {
      peer.faults.refuseAttaches = { count: 1_000, error: TOO_MANY_READERS };
    },
    code: 4,
    says: `error: Five readers already read a partition of the event hub 'apim-logs' in 'PEER' in the consumer group 'mcp-witness'.\n  fix: Give this reader a group of its own and name it as 'consumer_group': az eventhubs eventhub consumer-group create ${az} --eventhub-name apim-logs --name mcp-witness\n`,
  },
  'a namespace that throttles': {
    happen: (peer) => {
      peer.faults.refuseAll = SERVER_BUSY;
    },
    code: 4,
    says: "error: The namespace 'PEER' is throttling: it did not answer within the retries.\n  fix: Repeat the command later, what was stored is kept; or raise the capacity by one unit: az eventhubs namespace update --name 127 --resource-group RESOURCE_GROUP --capacity $(($(az eventhubs namespace show --name 127 --resource-group RESOURCE_GROUP --query sku.capacity -o tsv) + 1))\n",
  },
  'a namespace that is not reachable': {
    happen: (peer) => peer.stop(),
    code: 4,
    says: "error: Cannot reach the event hub 'apim-logs' in 'PEER': ",
  },
  'a variable that is not set': {
    env: () => ({}),
    code: 2,
    says: "error: The variable HUB, which the source 'stream' takes its connection string from, is not set.\n  fix: Set it: export HUB=",
  },
  'a text that is no connection string': {
    env: () => ({ HUB: 'a secret' }),
    code: 2,
    says: "error: The text in HUB is not a connection string of Event Hubs.\n  fix: Copy it whole: it begins with 'Endpoint=sb://' and holds 'SharedAccessKeyName' and 'SharedAccessKey'.\n",
  },
  "another hub's connection string": {
    env: (connection) => ({ HUB: `${connection};EntityPath=sales` }),
    code: 2,
    says: "error: The connection string in HUB is for the event hub 'sales', the source 'stream' names 'apim-logs'.\n  fix: Write 'hub: sales' in the config, or take the connection string of 'apim-logs'.\n",
  },
};

test.each(Object.entries(troubles))('%s', async (_, { happen, code, says, ...given }) => {
  await using run = await hubRun();
  run.fill('0', 10);
  await happen?.(run.peer);

  const answer = await ingest(run, given);

  expect(answer.err).toContain(says);
  expect(answer).toMatchObject({ code, out: '' });
  expect(answer.err).not.toContain('AccessKey=');
});

test('a token that expires and is refused ends the run; what had come is stored', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 2_000);
  run.peer.onSent = (sent) => {
    if (sent !== 1_000) return;
    run.peer.faults.refuseTokens = true;
    run.peer.expireTokens();
  };

  await expect(run.ingest()).rejects.toMatchObject({ code: 'access_denied' });
  run.peer.faults.refuseTokens = false;

  const { rows } = await run.store
    .rows('select count(*) as rows from events')
    .then(([row]) => ({ rows: Number(row?.['rows']) }));
  expect(await run.ingest()).toMatchObject({ received: 2_000 - rows, stored: 2_000 - rows });
});

test('a body that cannot be read is a part that is missing, not the end', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 1);
  run.peer.append('0', { body: Buffer.from(`{"Body":${DEEP}}`) });
  run.fill('0', 1);

  expect(await ingest(run)).toMatchObject({
    code: ExitCode.partial,
    err: expect.stringContaining(
      'partition 0: 3 events, up to 2, lag 0, 0 came again, 1 rejected\n',
    ),
  });
});

test('a hub that the config does not name', async () => {
  using folder = temporaryFolder();
  const config = join(folder.path, 'mcp-witness.yaml');
  writeFileSync(config, 'sources:\n  - { name: a, kind: event-hubs, namespace: n.x, hub: h }\n');

  const answer = await ask(['ingest', 'event-hubs', 'b', '--config', config]);

  expect(answer).toMatchObject({
    code: 2,
    err: `error: ${config} names no event hub 'b'.\n  fix: Use one of: a.\n`,
  });
});
