import { expect, test } from 'vitest';
import { programName } from '../../cli/program-name.ts';

const NPM_NODE = '/clone/node_modules/node/bin/node';

const cases = {
  'in a clone, with the Node of the shell': [
    { script: '/clone/cli/bin.ts', node: '/usr/bin/node', folder: '/clone', env: {} },
    'node cli/bin.ts',
  ],
  'in a clone, from another folder': [
    { script: '/clone/cli/bin.ts', node: '/usr/bin/node', folder: '/clone/demo', env: {} },
    'node ../cli/bin.ts',
  ],
  "as a script of npm, which puts the clone's own Node first": [
    {
      script: '/clone/cli/bin.ts',
      node: NPM_NODE,
      folder: '/clone',
      env: { npm_lifecycle_event: 'demo' },
    },
    'npx node cli/bin.ts',
  ],
  'through npx': [
    {
      script: '/home/node_modules/.bin/mcp-witness',
      node: '/usr/bin/node',
      folder: '/home',
      env: { npm_command: 'exec' },
    },
    'npx mcp-witness',
  ],
  installed: [
    { script: '/usr/local/bin/mcp-witness', node: '/usr/bin/node', folder: '/home', env: {} },
    'mcp-witness',
  ],
} as const;

test.each(Object.entries(cases))('what to type: %s', (_, [invocation, name]) => {
  expect(programName(invocation)).toBe(name);
});
