import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { ask, type Fleet, makeFleet, temporaryFolder } from './fleet.ts';
import { envelopeIn } from './formats.ts';

/** The command lines in the code blocks of the pages that users read, each once: line and page. */
const commands = new Map(
  ['README.md', ...globSync('docs/*.md', { cwd: packageRoot })].flatMap((page) =>
    [...readFileSync(packagePath(page), 'utf8').matchAll(/^ *mcp-witness (.+?)(?: +#.*)?$/gm)].map(
      ([, line = '']) => [line, page] as const,
    ),
  ),
);

/** In a small fleet every call has an agent, no agent is at risk, and every value is of its type. */
const MAY_BE_EMPTY = [
  'query finops/unattributed',
  'query soc/calls_of_risky_agents',
  'coverage --of unreadable',
];

let fleet: Fleet;
let placeholders: Readonly<Record<string, string | readonly string[]>>;

beforeAll(async () => {
  fleet = await makeFleet();
  const { out } = await ask(['timeline', '--format', 'json', '--config', fleet.config]);
  const [row = {}] = envelopeIn(out).rows;
  placeholders = {
    SESSION: String(row['session_key']),
    CALL_ID: String(row['call_id']),
    ID: String(row['agent_id']),
    'mcp-witness.yaml': fleet.config,
    // As a shell writes it out.
    'slos/*.yaml': globSync(packagePath('examples/slos/*.yaml')).sort(),
  };
});
afterAll(() => fleet.remove());

test('the pages hold command lines', () => {
  expect(commands.size).toBeGreaterThan(30);
});

test.each([...commands])('mcp-witness %s, as in %s', async (line) => {
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const args = words.flatMap((word) => placeholders[word] ?? word);
  const out = args.indexOf('--out');
  if (out > 0) args[out + 1] = join(temporaryFolder(), args[out + 1] ?? '');
  if (line === 'run') args.push('--config', fleet.config);

  const answer = await ask(args, { env: { MCP_WITNESS_DB: fleet.db } });

  const gates = /^(?:slo report|readiness|run)/.test(line) ? [6] : [0];
  expect(gates, answer.err).toContain(answer.code);
  if (!MAY_BE_EMPTY.includes(line)) expect(answer.out).not.toContain('\n0 rows\n');
});
