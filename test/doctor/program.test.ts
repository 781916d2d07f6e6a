import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../cli/fleet.ts';
import { run } from '../cli/program.ts';
import { configOf, estateRun, TABLE } from './estate-run.ts';

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
