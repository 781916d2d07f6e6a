import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../../cli/exit-codes.ts';
import { packagePath } from '../../core/package-root.ts';
import { ask } from '../cli/fleet.ts';
import { envelopeIn } from '../cli/formats.ts';
import { GROUP, HUB, temporaryFolder } from './hub-run.ts';
import { EventHubsPeer } from './peer/peer.ts';

const VARIABLE = 'EVENT_HUBS_CONNECTION';
const DAY = ['--from', '2026-11-20', '--to', '2026-11-21'];
const AT = Date.parse('2026-11-20T10:00:00Z');

/** Telemetry of a day without faults, one gateway of it for a hub; what is judged is whether nothing happened that nothing does. */
async function writeFleet(folder: string): Promise<string[]> {
  await ask(['simulate', '--out', folder, '--calls', '20', '--faults', 'none', ...DAY]);
  const slo = readFileSync(packagePath('examples/slos/approval-bypass.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'slo.yaml'),
    slo.replace('duration: 30d', 'duration: 1d').replaceAll('value: production', 'value: nowhere'),
  );
  writeFileSync(
    join(folder, 'mcp-witness.yaml'),
    `store: { path: ./w.duckdb }
sources:
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
  - { name: rest, kind: files, paths: ["./telemetry/config/*", "./telemetry/otlp/*", "./telemetry/appinsights/app_events.ndjson"] }
inventory: [./inventory.yaml]
slos: [./slo.yaml]
`,
  );
  const gateway = join(folder, 'telemetry/gateway/contoso-apim-neu.eventhub.ndjson');
  const { records } = JSON.parse(readFileSync(gateway, 'utf8')) as { records: unknown[] };
  return records.map((record) => JSON.stringify({ records: [record] }));
}

test('what a hub forgot before it was read leaves a zero unproven, and the run ends with 8', async () => {
  using folder = temporaryFolder();
  const bodies = await writeFleet(folder.path);
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 1, groups: [GROUP] });
  try {
    const fill = () => {
      for (const body of bodies) peer.append('0', { body: Buffer.from(body), enqueuedAt: AT });
    };
    const asked = (...args: string[]) =>
      ask([...args, '--config', join(folder.path, 'mcp-witness.yaml')], {
        env: { [VARIABLE]: peer.connectionString },
      });
    fill();
    const before = await asked('run');
    expect(before).toMatchObject({ code: ExitCode.ok, out: expect.stringMatching(/^met /) });

    // What they hold is known already, but nobody knows that of the first two any more.
    fill();
    peer.hub.partition('0')?.expireBefore(bodies.length + 2);
    const after = await asked('run');
    expect(after).toMatchObject({
      code: ExitCode.partial,
      out: expect.stringMatching(/^not_provable /),
    });
    const { rows } = envelopeIn((await asked('slo', 'report', '--format', 'json')).out);
    expect(rows).toEqual([
      expect.objectContaining({
        state: 'not_provable',
        doubts: [
          expect.stringMatching(
            /^Events are missing from a stream: 127\.0\.0\.1:\d+\/apim-logs\/mcp-witness 2 \(retention\)\.$/,
          ),
        ],
      }),
    ]);
  } finally {
    await peer.stop();
  }
});
