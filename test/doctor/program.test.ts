import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { temporaryFolder } from '../cli/fleet.ts';
import { run } from '../cli/program.ts';
import { selfSigned } from '../event-hubs/peer/certificate.ts';
import { gatewayEvent } from '../event-hubs/peer/gateway-events.ts';
import { ENTRA_TOKEN, EventHubsPeer } from '../event-hubs/peer/peer.ts';
import { configOf, estateRun, GROUP, HUB, TABLE } from './estate-run.ts';

test('the real program signs in, looks at everything, and ends although a service never answers', async () => {
  await using estate = await estateRun();
  estate.arm.now = () => new Date();
  estate.logs.now = estate.arm.now;
  estate.arm.faults.push({ at: '/components/', kind: 'slow' });
  const folder = temporaryFolder();
  const [config, authority] = [join(folder, 'mcp-witness.yaml'), join(folder, 'ca.pem')];
  writeFileSync(config, configOf(estate));
  writeFileSync(authority, estate.logs.certificate.cert);

  const { code, out, err } = await run(['doctor', '--timeout', '1s'], {
    cwd: folder,
    env: { ...estate.env, NODE_EXTRA_CA_CERTS: authority },
  });

  expect(err).toBe('');
  expect(out).toContain(`\nok       gateways            contoso-apim: MCP: weather`);
  expect(out).toContain(`logs: ${TABLE}: no row `);
  expect(out).toMatch(
    /^failed {3}insights\n {9}'appi-weather' cannot be read: no answer within 1 s\.\n/,
  );
  expect(out).toMatch(/\n1 failed, \d+ warnings, \d+ skipped, \d+ ok\n$/);
  expect(code).toBe(4);
});

/** Looks at a hub over TLS with that token. */
async function lookAtHub(token: string): Promise<unknown> {
  const tls = selfSigned();
  const hub = await EventHubsPeer.start({
    ...{ name: HUB, partitions: 1, groups: [GROUP], tls },
    ...{ generate: gatewayEvent, generated: 3 },
  });
  const authority = join(temporaryFolder(), 'ca.pem');
  writeFileSync(authority, tls.cert);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [packagePath('test/doctor/entra-look.ts'), `localhost:${hub.port}`, token],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority } },
    );
    return JSON.parse(stdout);
  } finally {
    await hub.stop();
  }
}

test('a namespace is signed in to, and its hub listened to', async () => {
  expect(await lookAtHub(ENTRA_TOKEN)).toEqual([{ id: '0', first: 0, last: 2 }]);
});

test('who may not listen is told the role', async () => {
  expect(await lookAtHub('of somebody else')).toEqual({
    code: 'access_denied',
    fix: expect.stringContaining(
      'az role assignment create --role "Azure Event Hubs Data Receiver" --assignee PRINCIPAL_ID --scope ',
    ),
  });
});
