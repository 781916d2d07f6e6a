import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ATTRIBUTES, METRICS, SPANS } from '../../core/telemetry-names.ts';
import { temporaryFolder } from '../cli/fleet.ts';
import { run, start } from '../cli/program.ts';
import { requests } from '../cli/requests.ts';
import { GROUP, HUB } from '../event-hubs/hub-run.ts';
import { gatewayRecord } from '../event-hubs/peer/gateway-events.ts';
import { EventHubsPeer } from '../event-hubs/peer/peer.ts';
import { Collector } from './collector.ts';

const VARIABLE = 'EVENT_HUBS_CONNECTION';
const WAIT = { timeout: 60_000, interval: 50 };
/** So that what is told shows while the program runs. */
const OFTEN = { OTEL_METRIC_EXPORT_INTERVAL: '100', OTEL_METRIC_EXPORT_TIMEOUT: '100' };

vi.setConfig({ testTimeout: 240_000 });

test('each partition tells its events and how far it is behind, while it is', async () => {
  await using collector = await Collector.start();
  await using peer = await peerOf(2);
  fill(peer, '0', 500);
  fill(peer, '1', 200);
  peer.faults.holdAfter = 300;
  const env = { ...environment(peer, collector), ...OFTEN };

  const reading = start(['ingest', 'event-hubs', '--config', configIn(temporaryFolder())], { env });
  const lag = 'mcp_witness.ingest.lag';
  await vi.waitUntil(() => collector.latest(lag)['stream 0'] === 200, WAIT);
  peer.faults.holdAfter = Number.POSITIVE_INFINITY;
  peer.setStalled(false);
  const { code, err } = await reading.ended;

  expect(code, err).toBe(0);
  expect(collector.latest(lag)).toEqual({ 'stream 0': 0, 'stream 1': 0 });
  expect(collector.latest('mcp_witness.ingest.events')).toEqual({
    'stream 0 first': 500,
    'stream 0 again': 0,
    'stream 1 first': 200,
    'stream 1 again': 0,
  });
  expect(collector.latest('mcp_witness.ingest.records')).toMatchObject({
    'event-hubs stream stored': 700,
  });
  expect(collector.latest('mcp_witness.ingest.gaps')).toEqual({ stream: 0 });
  const [ingest] = collector.spansOf('ingest event-hubs');
  const commits = collector.spansOf('ingest commit');
  expect(commits.length).toBeGreaterThan(1);
  expect(new Set(commits.map((each) => each.parentSpanId))).toEqual(new Set([ingest?.spanId]));
});

test('a watch that stays at a hub tells what it is behind and what is missing before it leaves', async () => {
  await using collector = await Collector.start();
  await using peer = await peerOf(1);
  fill(peer, '0', 100);
  const env = { ...environment(peer, collector), ...OFTEN, OTEL_BSP_SCHEDULE_DELAY: '100' };
  const ended = () => collector.spansOf('ingest event-hubs').length;
  const latest = (metric: string, series: string) =>
    collector.latest(`mcp_witness.ingest.${metric}`)[series] ?? Number.NaN;
  const age = () => latest('age', 'event-hubs stream');

  const folder = temporaryFolder();
  writeFileSync(join(folder, 'first.ndjson'), requests(10));
  const watching = start(['run', '--watch', '--config', configIn(folder)], { env });
  let said = '';
  watching.child.stderr.on('data', (text: string) => {
    said += text;
  });
  try {
    // The first look is over, and the second stays.
    await vi.waitUntil(() => ended() === 1 && peer.readers === 1, WAIT);
    await vi.waitUntil(() => latest('lag', 'stream 0') === 0, WAIT);

    peer.setStalled(true);
    fill(peer, '0', 50);
    await vi.waitUntil(() => latest('lag', 'stream 0') === 50, WAIT);
    const heldFor = age();
    peer.hub.partition('0')?.expireBefore(120);
    peer.setStalled(false);
    await vi.waitUntil(() => latest('gaps', 'stream') === 1, WAIT);
    await vi.waitUntil(() => age() < heldFor, WAIT);
    await vi.waitUntil(() => latest('lag', 'stream 0') === 0, WAIT);
    expect(latest('events', 'stream 0 first')).toBe(130);
    await vi.waitUntil(() => said.includes('ingest: 1 gaps in the stream'), WAIT);

    // A look that finds nothing new is a sign of life as well.
    const before = collector.points.length;
    const ages = () =>
      collector.points
        .slice(before)
        .flatMap(({ metric, attributes, value }) =>
          metric.endsWith('.age') && Object.values(attributes).includes('stream') ? [value] : [],
        );
    await vi.waitUntil(() => ages().some((each, no) => each < (ages()[no - 1] ?? 0)), WAIT);
    expect(ended()).toBe(1);
  } finally {
    watching.child.kill('SIGINT');
  }
  const { code, err } = await watching.ended;

  expect(code, err).toBe(130);
  expect(err.split('gaps in the stream').length).toBe(2);
  expect(latest('gaps', 'stream')).toBe(1);
});

test('a source that may not be read is an error, and gets older', async () => {
  await using collector = await Collector.start();
  await using peer = await peerOf(1);
  peer.faults.refuseTokens = true;

  const { code, err } = await run(
    ['ingest', 'event-hubs', '--config', configIn(temporaryFolder())],
    { env: environment(peer, collector) },
  );

  expect(code, err).toBe(3);
  expect(collector.spansOf('ingest event-hubs')).toMatchObject([
    { isError: true, attributes: { 'error.type': 'access_denied' } },
  ]);
  const [age] = collector.points.filter(({ metric }) => metric === 'mcp_witness.ingest.age');
  const [stage] = collector.points.filter(({ metric }) => metric === 'mcp_witness.stage.duration');
  expect(stage?.attributes).toMatchObject({ 'error.type': 'access_denied' });
  expect(age?.value).toBeGreaterThanOrEqual(stage?.sum ?? Number.NaN);
});

test('a watch and a report export all that is declared, and each turn is a trace', async () => {
  await using collector = await Collector.start();
  await using peer = await peerOf(1);
  const folder = temporaryFolder();
  const config = configIn(folder);
  writeFileSync(join(folder, 'first.ndjson'), requests(10));
  fill(peer, '0', 100);
  const env = environment(peer, collector);

  const watching = start(['run', '--watch', '--every', '0.2s', '--config', config], { env });
  try {
    // Spans leave every five seconds.
    await vi.waitUntil(() => collector.spansOf('judge').length > 0, WAIT);
  } finally {
    watching.child.kill('SIGINT');
  }
  const { code, err } = await watching.ended;
  const out = join(folder, 'report.html');
  const reported = await run(['report', 'slo', '--out', out, '--config', config], { env });

  expect(code, err).toBe(130);
  expect(reported.code, reported.err).toBe(0);
  const [command] = collector.spansOf('mcp-witness run');
  expect(command?.attributes).toMatchObject({ 'process.exit.code': 130 });
  const turns = collector.spansOf('watch turn');
  expect(turns.length).toBeGreaterThan(1);
  expect(new Set(turns.map(({ traceId }) => traceId)).size).toBe(turns.length);
  for (const { parentSpanId, linkedTraces } of turns) {
    expect({ parentSpanId, linkedTraces }).toEqual({
      parentSpanId: '',
      linkedTraces: [command?.traceId],
    });
  }
  const [judge] = collector.spansOf('judge');
  expect(turns.map(({ spanId }) => spanId)).toContain(judge?.parentSpanId);

  const kinds = new Map<string, Set<string>>();
  for (const { metric, unit } of collector.points) {
    kinds.set(metric, (kinds.get(metric) ?? new Set()).add(unit));
  }
  expect(Object.fromEntries([...kinds].map(([name, units]) => [name, [...units]]))).toEqual(
    Object.fromEntries(Object.values(METRICS).map(({ name, unit }) => [name, [unit]])),
  );
  const patterns = Object.values(SPANS).map(
    ({ name }) => new RegExp(`^${name.replaceAll(/\{\w+\}/g, '[a-z_ -]+')}$`),
  );
  const names = [...new Set(collector.spans.map(({ name }) => name))];
  expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  expect(patterns.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([]);
  const seen = [...collector.spans, ...collector.points].flatMap((each) =>
    Object.keys(each.attributes),
  );
  const { errorType, interrupted, ...ofEveryRun } = ATTRIBUTES;
  expect([...new Set([...seen, errorType, interrupted])].sort()).toEqual(
    [...Object.values(ofEveryRun), errorType, interrupted].sort(),
  );
});

async function peerOf(partitions: number): Promise<EventHubsPeer & AsyncDisposable> {
  const peer = await EventHubsPeer.start({ name: HUB, partitions, groups: [GROUP] });
  return Object.assign(peer, { [Symbol.asyncDispose]: () => peer.stop() });
}

function fill(peer: EventHubsPeer, partition: string, count: number): void {
  for (let no = 0; no < count; no += 1) {
    peer.append(partition, { body: Buffer.from(`{"records":[${gatewayRecord(partition, no)}]}`) });
  }
}

/** A hub and a folder of files. */
function configIn(folder: string): string {
  const path = join(folder, 'mcp-witness.yaml');
  writeFileSync(
    path,
    `store: { path: ./w.duckdb }
sources:
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
  - { name: server, kind: files, paths: ["./*.ndjson"] }
`,
  );
  return path;
}

function environment(peer: EventHubsPeer, collector: Collector): Record<string, string> {
  return { [VARIABLE]: peer.connectionString, ...collector.env };
}
