import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';
import { cpuSeconds, run, start, until } from '../cli/program.ts';
import { Collector } from './collector.ts';

const ENDLESS = 'select count(*) from range(100000000000) as a, range(100000) as b';
const LATE = `warning: OpenTelemetry: the last of it could not be sent within 3 s
  fix: Check the OTEL_* variables and that the collector can be reached, or set OTEL_SDK_DISABLED=true.
`;

async function emptyDatabase(): Promise<string> {
  const db = join(temporaryFolder(), 'w.duckdb');
  (await Store.openToWrite(db)).close();
  return db;
}

/** A port of loopback where nobody listens any more. */
async function closedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s sends what was under way, and ends it', async (signal, exitCode) => {
  await using collector = await Collector.start();
  const args = ['query', '--sql', ENDLESS, '--db', await emptyDatabase()];

  const running = start(args, { env: collector.env });
  await until(running, () => cpuSeconds(running.child.pid ?? 0) > 2);
  running.child.kill(signal);
  const { code, out, err } = await running.ended;

  expect({ code, out, err }).toEqual({ code: exitCode, out: '', err: '' });
  expect(collector.spansOf('mcp-witness query')).toMatchObject([
    { attributes: { 'process.exit.code': exitCode, 'mcp_witness.interrupted': true } },
  ]);
});

test('a collector that is not there changes neither the output nor the exit code', async () => {
  const args = [
    'query',
    '--sql',
    'select 42 as answer',
    '--format',
    'csv',
    '--db',
    await emptyDatabase(),
  ];
  const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${await closedPort()}`;

  const ended = await run(args, { env: { OTEL_EXPORTER_OTLP_ENDPOINT } });

  expect(ended).toMatchObject({ code: 0, out: 'answer\n42\n' });
  expect(ended.err).toContain(LATE);
});

test('a collector that never answers is not waited for', async () => {
  await using collector = await Collector.start({ isSilent: true });
  const db = await emptyDatabase();

  const ended = await run(['query', '--sql', 'select 42', '--db', db], { env: collector.env });
  const running = start(['query', '--sql', ENDLESS, '--db', db], { env: collector.env });
  await until(running, () => cpuSeconds(running.child.pid ?? 0) > 2);
  running.child.kill('SIGTERM');

  expect(ended).toMatchObject({ code: 0, err: LATE });
  expect(await running.ended).toMatchObject({ code: 143, err: LATE });
  expect(collector.paths).toContain('/v1/traces');
});

test('a collector that refuses is named with its reason', async () => {
  await using collector = await Collector.start({ status: 401 });
  const args = ['query', '--sql', 'select 42', '--db', await emptyDatabase()];

  const { code, err } = await run(args, { env: collector.env });

  expect(code).toBe(0);
  expect(err).toMatch(
    /^warning: OpenTelemetry: .*Unauthorized\n {2}fix: Check the OTEL_\* variables/,
  );
});

test('an exporter that there is not is named, and the work goes on', async () => {
  const args = ['query', '--sql', 'select 42', '--db', await emptyDatabase()];

  const { code, err } = await run(args, { env: { OTEL_METRICS_EXPORTER: 'pigeon' } });

  expect(code).toBe(0);
  expect(err).toContain(
    'warning: OpenTelemetry: Unsupported OTEL_METRICS_EXPORTER value: "pigeon"',
  );
});
