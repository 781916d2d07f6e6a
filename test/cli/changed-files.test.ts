import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, makeFleet } from './fleet.ts';

test('who asks is told that the config has other prices or another inventory than the database', async () => {
  const fleet = await makeFleet();
  const told = async (command: string): Promise<string[]> => {
    const { err } = await ask([...command.split(' '), '--config', fleet.config]);
    return err.split('\n').filter((line) => line.includes('not what the database holds'));
  };
  const sentence = (files: string) =>
    `${files}: not what the database holds; to take it in: mcp-witness correlate --config ${fleet.config}`;
  const before = await told('cost report');
  appendFileSync(join(fleet.folder, 'prices.yaml'), '# a word\n');
  const prices = [await told('cost report'), await told('slo report')];
  appendFileSync(join(fleet.folder, 'inventory.yaml'), '# a word\n');
  const both = await told('timeline');
  await told('correlate');
  const after = await told('timeline');
  rmSync(join(fleet.folder, 'prices.yaml'));
  const gone = await told('timeline');
  fleet.remove();

  expect(before).toEqual([]);
  expect(prices).toEqual([[sentence('prices.yaml')], [sentence('prices.yaml')]]);
  expect(both).toEqual([sentence('inventory.yaml and prices.yaml')]);
  expect([after, gone]).toEqual([[], []]);
});
