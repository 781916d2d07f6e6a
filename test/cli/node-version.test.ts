import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeComplaint, OLDEST_NODE } from '../../cli/node-version.ts';
import { packagePath } from '../../core/package-root.ts';

test.each(['22.12.0', '22.20.1', '23.0.0', '24.21.0'])('Node %s is new enough', (version) => {
  expect(nodeComplaint(version)).toBeUndefined();
});

test.each(['18.20.0', '20.20.2', '22.11.9'])('Node %s is refused, with what to do', (version) => {
  expect(nodeComplaint(version)).toBe(
    `error: mcp-witness needs Node 22.12.0 or later; this is ${version}.\n  fix: Install a newer Node, or start mcp-witness with one.\n`,
  );
});

test('npm is told the same', () => {
  const { engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };

  expect(`${engines.node}.0`).toBe(`>=${OLDEST_NODE}`);
});
