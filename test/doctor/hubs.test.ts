import { expect, test } from 'vitest';
import { countOf, GROUP, HUB, hubRun } from '../event-hubs/hub-run.ts';
import { TOO_MANY_READERS } from '../event-hubs/peer/faults.ts';
import { type DoctorAnswer, doctor } from './estate-run.ts';

/** Runs `doctor` over a config that names a hub by a variable. */
function lookAt(
  connectionString: string,
  { hub = HUB, group = GROUP, timeout = '40s' } = {},
): Promise<DoctorAnswer> {
  const config = `sources:\n  - { name: stream, kind: event-hubs, connection_string_env: EVENT_HUBS, hub: ${hub}, consumer_group: ${group} }\n`;
  return doctor(config, {
    env: { EVENT_HUBS: connectionString },
    args: ['--timeout', timeout],
    // Events are enqueued by the clock of the machine.
    now: new Date(),
  });
}

test('a hub that brings events is ok, and all of them are there for who reads next', async () => {
  await using run = await hubRun();
  run.fill('0', 3);

  const { of, code } = await lookAt(run.peer.connectionString);
  await run.ingest();

  expect(of('secrets')).toMatchObject([
    { state: 'ok', found: 'EVENT_HUBS is set, and is a connection string' },
  ]);
  expect(of('network')).toMatchObject([{ state: 'ok', found: '127.0.0.1 answered' }]);
  expect(of('event-hubs')).toMatchObject([
    {
      state: 'ok',
      found: expect.stringMatching(
        /^stream: event hub 'apim-logs', 2 partitions, the last event \d+ (ms|s) ago$/,
      ),
    },
  ]);
  expect(await countOf(run.store)).toEqual({ rows: 3, distinct: 3 });
  expect(code).toBe(0);
});

test('a hub in which nothing is, is not taken for one that is well', async () => {
  await using run = await hubRun();

  const { of, code } = await lookAt(run.peer.connectionString);

  expect(of('event-hubs')).toMatchObject([
    { state: 'warning', found: "stream: event hub 'apim-logs', 2 partitions, and no event in it" },
  ]);
  expect(code).toBe(0);
});

test('a consumer group that is not there is told with the line that makes it', async () => {
  await using run = await hubRun();
  run.fill('0', 1);

  const { of, code } = await lookAt(run.peer.connectionString, { group: 'nobody' });

  expect(of('event-hubs')).toMatchObject([
    {
      state: 'failed',
      found: expect.stringMatching(
        /^stream: The consumer group 'nobody' does not exist in the event hub 'apim-logs'/,
      ),
      mend: expect.stringMatching(
        /^Make it: az eventhubs eventhub consumer-group create .*--eventhub-name apim-logs --name nobody$/,
      ),
    },
  ]);
  expect(code).toBe(4);
});

test('a group that is full is told as what it is', async () => {
  await using run = await hubRun();
  run.fill('0', 1);
  run.peer.faults.refuseAttaches = { count: 100, error: TOO_MANY_READERS };

  const { of, code } = await lookAt(run.peer.connectionString);

  expect(of('event-hubs')).toMatchObject([{ state: 'failed' }]);
  expect(code).toBe(4);
});

test('a key that may not listen is no access', async () => {
  await using run = await hubRun();

  const { of, out, code } = await lookAt(
    run.peer.connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=c2VjcmV0'),
  );

  expect(of('event-hubs')).toMatchObject([
    {
      state: 'failed',
      found: expect.stringContaining('The connection string in EVENT_HUBS may not read'),
      mend: expect.stringContaining('authorization-rule keys list'),
    },
  ]);
  expect(out).not.toContain('c2VjcmV0');
  expect(code).toBe(3);
});

const unset = {
  'that is not set': [
    '',
    "The variable EVENT_HUBS, which the source 'stream' takes its connection string from, is not set",
  ],
  'that holds something else': [
    'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKey=hunter2',
    'The text in EVENT_HUBS is not a connection string of Event Hubs',
  ],
} as const;

test.each(Object.entries(unset))('a variable %s is told, and never its value', async (_, row) => {
  const [text, found] = row;

  const { of, out, code } = await lookAt(text, { timeout: '1s' });

  expect(of('secrets')).toMatchObject([{ state: 'failed', found }]);
  expect(out).not.toContain('hunter2');
  expect(code).toBe(2);
});

test('a namespace that nobody is at ends in seconds, and the rest is skipped', async () => {
  const { of, code } = await lookAt(
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=k;UseDevelopmentEmulator=true',
  );

  expect(of('network')).toMatchObject([
    {
      state: 'failed',
      found: expect.stringMatching(/^127\.0\.0\.1 cannot be reached at port 1: /),
    },
  ]);
  expect(of('event-hubs')).toMatchObject([
    { state: 'skipped', found: 'stream: its namespace cannot be reached; see network' },
  ]);
  expect(code).toBe(4);
});
