import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { ask, type Fleet, makeFleet, temporaryFolder } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

/** The objective on latency, as a promise about slices of an hour. */
function slicedConfig(): string {
  const folder = temporaryFolder();
  const text = readFileSync(packagePath('examples/slos/read-only-latency.yaml'), 'utf8');
  const sliced = text
    .replace(/^ {2}alertPolicies:\n(?: {4}.*\n)+/m, '')
    .replace('budgetingMethod: Occurrences', 'budgetingMethod: Timeslices')
    .replace(/^( +)target: .*$/m, '$&\n$1timeSliceTarget: 0.95\n$1timeSliceWindow: 1h');
  writeFileSync(join(folder, 'slo.yaml'), sliced);
  const config = join(folder, 'c.yml');
  writeFileSync(config, `slos: [./slo.yaml, ${packagePath('examples/slos/services.yaml')}]\n`);
  return config;
}

test.each([
  ['slo report --by agent', 'groups have rows and no state'],
  ['slo compare --mix agent', 'no mix is told'],
])('%s says of a promise about slices why there is less', async (line, less) => {
  const said = `read-only-latency: ${less}, as the promise is about slices of time\n`;
  const on = (config: string) => ask([...line.split(' '), '--config', config, '--db', fleet.db]);

  expect((await on(slicedConfig())).err).toContain(said);
  expect((await on(fleet.config)).err).not.toContain('slices of time');
});
