import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toolVersion } from '../../cli/main.ts';
import { packagePath } from '../../core/package-root.ts';
import { simulateFleet, temporaryFolder } from '../cli/fleet.ts';
import { run } from '../cli/program.ts';
import { requests } from '../cli/requests.ts';
import { Collector } from './collector.ts';

/** A folder with requests, and where a database may be. */
function telemetryOf(count: number): { readonly input: string; readonly db: string } {
  const folder = temporaryFolder();
  const input = join(folder, 'in');
  mkdirSync(input);
  writeFileSync(join(input, 'requests.ndjson'), `${requests(count)}no JSON at all\n`);
  return { input, db: join(folder, 'w.duckdb') };
}

describe('the standard variables', () => {
  test('export an ingest of files: its records, its commits, its span', async () => {
    await using collector = await Collector.start();
    const { input, db } = telemetryOf(20);

    const { code, err } = await run(['ingest', 'files', input, '--db', db], { env: collector.env });

    expect(code, err).toBe(8);
    expect(err).not.toContain('OpenTelemetry');
    expect(collector.latest('mcp_witness.ingest.records')).toEqual({
      'files stored': 20,
      'files duplicate': 0,
      'files rejected': 1,
      'files excluded': 0,
    });
    expect(collector.latest('mcp_witness.ingest.commit.duration')).toEqual({ files: 1 });
    expect(collector.latest('mcp_witness.stage.duration')).toEqual({ 'ingest files': 1 });
    const [command] = collector.spansOf('mcp-witness ingest files');
    const [ingest] = collector.spansOf('ingest files');
    const [commit] = collector.spansOf('ingest commit');
    expect(command).toMatchObject({
      parentSpanId: '',
      isError: false,
      attributes: { 'mcp_witness.command': 'ingest files', 'process.exit.code': 8 },
    });
    expect(ingest).toMatchObject({
      parentSpanId: command?.spanId,
      attributes: { 'mcp_witness.source.kind': 'files', 'mcp_witness.records.received': 21 },
    });
    expect(commit).toMatchObject({
      parentSpanId: ingest?.spanId,
      attributes: { 'mcp_witness.records.stored': 20, 'mcp_witness.records.rejected': 1 },
    });
  });

  test('export a correlation: its steps under it, what came of it, and what was revised', async () => {
    await using collector = await Collector.start();
    const fleet = await simulateFleet(60);
    try {
      await run(['ingest', 'all', '--config', fleet.config]);
      const args = ['correlate', '--config', fleet.config];
      const { code, err } = await run(args, { env: collector.env });

      expect(code, err).toBe(0);
      const [correlate] = collector.spansOf('correlate');
      const [step] = collector.spansOf('correlate correlated_calls');
      expect(correlate?.attributes).toMatchObject({
        'mcp_witness.calls.total': 60,
        'mcp_witness.calls.revised': 0,
        'mcp_witness.rebuild': true,
      });
      expect(step).toMatchObject({ parentSpanId: correlate?.spanId });
      const calls = collector.latest('mcp_witness.correlate.calls');
      expect(Object.keys(calls)).toEqual(['matched', 'gateway_only', 'server_only']);
      expect(Object.values(calls).reduce((sum, count) => sum + count, 0)).toBe(60);
      expect(collector.latest('mcp_witness.correlate.revised_calls')).toEqual({ '': 0 });
    } finally {
      fleet.remove();
    }
  });

  test('say who it is, and leave out who runs it and how', async () => {
    await using collector = await Collector.start();
    const { input, db } = telemetryOf(1);
    const env = { ...collector.env, OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' };

    await run(['ingest', 'files', input, '--db', db], { env });
    await run(['ingest', 'files', input, '--db', db], {
      env: { ...env, OTEL_SERVICE_NAME: 'witness-of-contoso' },
    });

    expect(collector.scopes).toEqual(new Set([`mcp-witness ${toolVersion()}`]));
    expect(collector.resources.map((each) => each['service.name'])).toEqual([
      ...['mcp-witness', 'mcp-witness'],
      ...['witness-of-contoso', 'witness-of-contoso'],
    ]);
    for (const resource of collector.resources) {
      expect(resource).toMatchObject({
        'service.version': toolVersion(),
        'host.name': hostname(),
        'deployment.environment.name': 'test',
      });
      expect(Object.keys(resource).filter((name) => name.startsWith('process.'))).toEqual([]);
    }
  });

  test('speak protobuf, where they do not say another protocol', async () => {
    await using collector = await Collector.start();
    const { input, db } = telemetryOf(1);

    await run(['ingest', 'files', input, '--db', db], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });

    expect(collector.contentTypes).toEqual(new Set(['application/x-protobuf']));
    expect(collector.paths.sort()).toEqual(['/v1/metrics', '/v1/traces']);
    expect(collector.bodies.join()).toContain('ingest commit');
    expect(collector.bodies.join()).toContain('mcp_witness.ingest.records');
  });

  test('export only the signal that they ask for', async () => {
    await using collector = await Collector.start();
    const { input, db } = telemetryOf(1);

    const { err } = await run(['ingest', 'files', input, '--db', db], {
      env: { ...collector.env, OTEL_TRACES_EXPORTER: 'none' },
    });

    expect(collector.paths).toEqual(['/v1/metrics']);
    expect(err).not.toContain('OpenTelemetry');
  });

  test('OTEL_SDK_DISABLED wins', async () => {
    await using collector = await Collector.start();
    const { input, db } = telemetryOf(1);

    await run(['ingest', 'files', input, '--db', db], {
      env: { ...collector.env, OTEL_SDK_DISABLED: 'true' },
    });

    expect(collector.paths).toEqual([]);
  });
});

test.each([
  ['alone', []],
  ['beside variables, which start no second one', ['TRACES', 'METRICS']],
])('an SDK that is brought by --import is used, %s', async (_, signals) => {
  await using collector = await Collector.start();
  const variables = signals.map((signal) => [
    `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`,
    `${collector.url}/v1/${signal.toLowerCase()}`,
  ]);
  const { input, db } = telemetryOf(5);
  const sdk = pathToFileURL(packagePath('test', 'telemetry', 'brought-sdk.ts')).href;

  const { code, err } = await run(['ingest', 'files', input, '--db', db], {
    env: {
      ...Object.fromEntries(variables),
      COLLECTOR: collector.url,
      NODE_OPTIONS: `--import ${sdk}`,
    },
  });

  expect(code, err).toBe(8);
  expect(err).not.toContain('OpenTelemetry');
  expect(collector.paths.sort()).toEqual(['/v1/metrics', '/v1/traces']);
  expect(new Set(collector.resources.map((each) => each['service.name']))).toEqual(
    new Set(['a service of the user']),
  );
  expect(collector.latest('mcp_witness.ingest.records')).toMatchObject({ 'files stored': 5 });
  expect(collector.spansOf('mcp-witness ingest files')).toHaveLength(1);
  expect(collector.spansOf('ingest commit')).toHaveLength(1);
});

test('nothing of telemetry, of paths and of errors is in what is exported', async () => {
  await using collector = await Collector.start();
  const folder = temporaryFolder();
  const secret = 'canary-4711';
  const record = JSON.stringify({
    ...JSON.parse(requests(1)),
    Name: `POST /${secret}`,
    UserId: `${secret}@contoso.com`,
    ClientIP: '81.2.69.144',
    Properties: { api_key: secret },
  });
  writeFileSync(join(folder, `${secret}.ndjson`), `${record}\n${secret} is no JSON\n`);
  const config = join(folder, `${secret}.yaml`);
  writeFileSync(config, `store: { path: ./${secret}.duckdb }\n${secret}: {\n`);
  const env = collector.env;

  const read = await run(['ingest', 'files', folder, '--db', join(folder, `${secret}.duckdb`)], {
    env,
  });
  const failed = await run(['run', '--config', config], { env });
  const asked = await run(
    ['timeline', '--caller', `${secret}@contoso.com`, '--db', join(folder, `${secret}.duckdb`)],
    { env },
  );

  expect([read.code, failed.code, asked.code], failed.err).toEqual([8, 2, 0]);
  expect(failed.err).toContain(secret);
  expect(collector.spansOf('mcp-witness run')).toMatchObject([
    { isError: true, attributes: { 'error.type': 'config_invalid', 'process.exit.code': 2 } },
  ]);
  expect(collector.spansOf('mcp-witness timeline')).toHaveLength(1);
  const sent = collector.bodies.join('\n');
  expect(sent).not.toContain(secret);
  expect(sent).not.toContain('81.2.69.144');
  expect(sent).not.toContain(folder);
});
