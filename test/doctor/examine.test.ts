import { expect, test } from 'vitest';
import { type Check, ok } from '../../doctor/check.ts';
import { examine } from '../../doctor/examine.ts';
import { Patient } from '../../doctor/patient.ts';

const check = (name: string, area: Check['area'], examineIt: Check['examine']): Check => ({
  ...{ name, area, asks: 'What?' },
  examine: examineIt,
});

test('a check that never ends, or has a bug, keeps no other from its answer', async () => {
  using patient = new Patient({
    ...{ configFile: undefined, database: undefined, env: {}, now: () => new Date() },
    ...{ self: { pid: 1, isRunning: () => true }, node: '24.0.0', version: '1', oldestNode: '22' },
    ...{ startingTargets: [], commandLine: (text) => text, isOffline: false, limitMs: 10 },
  });
  const found = await examine(
    [
      check('endless', 'azure', () => new Promise(() => undefined)),
      check('broken', 'azure', async () => {
        throw new TypeError("Cannot read properties of undefined (reading 'x')");
      }),
      check('broken-here', 'machine', () => {
        throw new TypeError('at once');
      }),
      check('well', 'azure', async () => ok('fine')),
    ],
    patient,
    20,
  );

  expect(found.map(({ check: { name }, state, found: text }) => [name, state, text])).toEqual([
    ['broken-here', 'failed', 'could not be looked at: at once'],
    ['endless', 'failed', 'not done: no answer within 0.02 s'],
    [
      'broken',
      'failed',
      "could not be looked at: Cannot read properties of undefined (reading 'x')",
    ],
    ['well', 'ok', 'fine'],
  ]);
});
