import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_FAULTS } from '../../simulate/faults.ts';
import { emptyFolder, filesBelow, linesOf, simulateInto, truthsOf, WINDOW } from './fleet-files.ts';

test('one seed writes the same bytes twice, another seed does not', async () => {
  const [first, second, other] = [emptyFolder(), emptyFolder(), emptyFolder()];

  await simulateInto(first);
  await simulateInto(second);
  await simulateInto(other, { seed: 8 });

  expect(filesBelow(second)).toEqual(filesBelow(first));
  const telemetry = 'telemetry/gateway/contoso-apim-weu.ndjson';
  expect(filesBelow(other).get(telemetry)).not.toEqual(filesBelow(first).get(telemetry));
});

test('the bulk profile is as repeatable', async () => {
  const [first, second] = [emptyFolder(), emptyFolder()];

  await simulateInto(first, { profile: 'bulk' });
  await simulateInto(second, { profile: 'bulk' });

  expect(filesBelow(second)).toEqual(filesBelow(first));
});

test.each([1, 2, 7, 300])('exactly %d calls are simulated, each once', async (calls) => {
  const folder = emptyFolder();
  const progress: number[] = [];

  const summary = await simulateInto(folder, { calls, onProgress: (n) => progress.push(n) });

  expect(truthsOf(folder).map(({ call }) => call)).toEqual([...Array(calls).keys()]);
  expect(summary.calls).toBe(calls);
  expect(progress.at(-1)).toBe(calls);
  expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
});

test('everything happens inside the window, be it a month or ten seconds', async () => {
  for (const to of [WINDOW.to, new Date(WINDOW.from.getTime() + 10_000)]) {
    const folder = emptyFolder();

    await simulateInto(folder, { to, faults: NO_FAULTS });

    const times = truthsOf(folder).map(({ timestamp }) => Date.parse(timestamp));
    const gateway = linesOf(folder, 'telemetry/gateway/contoso-apim-weu.ndjson')
      .filter((line) => line.endsWith('}') && !line.includes('not a time'))
      .map((line) => Date.parse(/"TimeGenerated":"([^"]+)"/.exec(line)?.[1] ?? ''));
    for (const time of [...times, ...gateway]) {
      expect(time).toBeGreaterThanOrEqual(WINDOW.from.getTime());
      expect(time).toBeLessThan(to.getTime());
    }
  }
});

test('simulating again into the same folder leaves nothing of the first time', async () => {
  const folder = emptyFolder();

  await simulateInto(folder);
  await simulateInto(folder, { profile: 'bulk' });

  expect([...filesBelow(folder).keys()].filter((name) => name.startsWith('telemetry/'))).toEqual([
    'telemetry/app_requests.ndjson',
    'telemetry/gateway.ndjson',
  ]);
  expect(existsSync(join(folder, 'ground_truth.ndjson'))).toBe(false);
});

test('a folder with telemetry of somebody else is refused and untouched', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'telemetry'));
  writeFileSync(join(folder, 'telemetry', 'mine.ndjson'), 'precious');

  await expect(simulateInto(folder)).rejects.toThrow(
    expect.objectContaining({
      code: 'output_refused',
      message: `'${join(folder, 'telemetry')}' was not written by a simulation.`,
      fix: 'Choose another folder, or remove it yourself.',
    }),
  );
  expect(readFileSync(join(folder, 'telemetry', 'mine.ndjson'), 'utf8')).toBe('precious');
});

test('a folder that cannot be made is refused', async () => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, '');

  await expect(simulateInto(join(file, 'below'))).rejects.toThrow(
    expect.objectContaining({
      code: 'output_refused',
      message: expect.stringContaining(`Cannot write to the folder '${join(file, 'below')}'`),
      fix: 'Check the path, its permissions and the space that is left.',
    }),
  );
});

test('a file that cannot be written ends the simulation with what to check', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'ground_truth.ndjson'));

  await expect(simulateInto(folder)).rejects.toThrow(
    expect.objectContaining({
      code: 'output_refused',
      message: `Cannot write to the folder '${folder}': illegal operation on a directory.`,
      fix: 'Check the path, its permissions and the space that is left.',
    }),
  );
});

const refused = {
  'no calls': [
    { calls: 0 },
    'Cannot simulate 0 calls.',
    'Choose a whole number of calls, 1 or more.',
  ],
  'half a call': [
    { calls: 0.5 },
    'Cannot simulate 0.5 calls.',
    'Choose a whole number of calls, 1 or more.',
  ],
  'a negative seed': [{ seed: -1 }, '-1 is not a seed.', 'Choose a whole number, 0 or more.'],
  'an empty window': [
    { to: WINDOW.from },
    'The window to simulate is empty.',
    'Choose a start that is before the end.',
  ],
} as const;

test.each(Object.entries(refused))('%s is refused', async (_, [options, message, fix]) => {
  await expect(simulateInto(emptyFolder(), options)).rejects.toThrow(
    expect.objectContaining({ code: 'usage_invalid', message, fix }),
  );
});
