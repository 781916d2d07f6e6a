import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CredentialUnavailableError } from '@azure/identity';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { GROUP, HUB, hubRun, temporaryFolder } from './hub-run.ts';
import { selfSigned } from './peer/certificate.ts';
import { gatewayEvent } from './peer/gateway-events.ts';
import { ENTRA_TOKEN, EventHubsPeer } from './peer/peer.ts';

const run = promisify(execFile);

/** Reads a hub over TLS with that token; its certificate is trusted unless it is said otherwise. */
async function readWith(token: string, isTrusted = true): Promise<Record<string, unknown>> {
  using folder = temporaryFolder();
  const tls = selfSigned();
  const authority = join(folder.path, 'ca.pem');
  writeFileSync(authority, tls.cert);
  const peer = await EventHubsPeer.start({
    name: HUB,
    partitions: 2,
    groups: [GROUP],
    generate: gatewayEvent,
    generated: 20,
    tls,
  });
  try {
    const { stdout } = await run(
      process.execPath,
      [packagePath('test/event-hubs/entra-reader.ts'), `localhost:${peer.port}`, token],
      { env: { ...process.env, ...(isTrusted ? { NODE_EXTRA_CA_CERTS: authority } : {}) } },
    );
    return JSON.parse(stdout.replaceAll(`localhost:${peer.port}`, 'PEER')) as Record<
      string,
      unknown
    >;
  } finally {
    await peer.stop();
  }
}

test('who signs in with a token reads over TLS', async () => {
  expect(await readWith(ENTRA_TOKEN)).toEqual({ received: 40, stored: 40 });
});

test('who may not read is told the role that is missing', async () => {
  expect(await readWith('of somebody else')).toEqual({
    code: 'access_denied',
    message:
      "Whoever is signed in may not read the event hub 'apim-logs' in 'PEER': the listen claim is missing.",
    fix: `Give them the role 'Azure Event Hubs Data Receiver': az role assignment create --role "Azure Event Hubs Data Receiver" --assignee PRINCIPAL_ID --scope $(az eventhubs eventhub show --namespace-name PEER --resource-group RESOURCE_GROUP --name apim-logs --query id -o tsv)`,
  });
});

test('a certificate that nobody vouches for is named as what it is', async () => {
  expect(await readWith(ENTRA_TOKEN, false)).toEqual({
    code: 'source_unreachable',
    message: "Cannot reach the event hub 'apim-logs' in 'PEER': self-signed certificate.",
    fix: 'Name the authority that signed the certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
  });
});

test('who is not signed in is told how to', async () => {
  await using hub = await hubRun();
  const credential = {
    getToken: async () => {
      throw new CredentialUnavailableError('Azure CLI: please run az login.');
    },
  };
  const source = { namespace: 'contoso.servicebus.windows.net', connectionStringEnv: undefined };

  await expect(hub.ingest({ credential }, source)).rejects.toMatchObject({
    code: 'access_denied',
    message:
      "Nobody is signed in who could read the event hub 'apim-logs' in 'contoso.servicebus.windows.net': Azure CLI: please run az login.",
    fix: "Sign in with 'az login', or run where a managed identity is; AZURE_TOKEN_CREDENTIALS narrows what is tried.",
  });
});
