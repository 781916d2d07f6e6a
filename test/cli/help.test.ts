import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { ask } from './fleet.ts';

/** Every command of DESIGN section 6 that this version has, with its own options. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  demo: ['--calls', '--seed'],
  simulate: ['--out', '--calls', '--seed', '--from', '--to', '--faults', '--profile'],
  doctor: ['--offline', '--timeout', '--format', '--config', '--db'],
  'ingest files': ['--table', '--config', '--db'],
  'ingest all': ['--config', '--db'],
  correlate: ['--rebuild', '--config', '--db'],
  run: ['--config', '--db'],
  coverage: ['--of', '--since', '--format', '--wide'],
  timeline: [
    ...['--session', '--agent', '--call', '--caller', '--tool', '--server'],
    ...['--limit', '--expand', '--from', '--to', '--since', '--format', '--config', '--db'],
  ],
  pivot: ['--from', '--to', '--since', '--format'],
  'slo report': [
    ...['--to', '--by', '--allow-retroactive', '--honor-waivers', '--format', '--config', '--db'],
  ],
  'slo events': ['--to', '--lookback', '--class', '--limit', '--format', '--config', '--db'],
  'slo compare': [
    ...['--by', '--gate', '--mix', '--window', '--runs', '--aggregate', '--format', '--db'],
  ],
  'slo export': ['--format', '--config'],
  'slo validate': ['--compat', '--config'],
  readiness: ['--of', '--since', '--format', '--config', '--db'],
  'cost report': ['--by', '--from', '--to', '--since', '--format'],
  query: ['--param', '--list', '--kql', '--sql', '--max-rows', '--since', '--format'],
  report: ['--out', '--force', '--from', '--to', '--since'],
  'retention plan': ['--config', '--db'],
  'retention apply': ['--all', '--config', '--db'],
  migrate: ['--to', '--config', '--db'],
  'export parquet': ['--out', '--partition', '--tables', '--from', '--to', '--since', '--db'],
};

describe.each(Object.entries(OPTIONS))('%s --help', (command, options) => {
  test('goes to stdout and names its options', async () => {
    const { code, out, err } = await ask([...command.split(' '), '--help']);

    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(new RegExp(`^Usage: mcp-witness ${command} `));
    for (const option of options) expect(out).toContain(`  ${option}`);
  });
});

test('the help lists every command, where to start, and the exit codes', async () => {
  const { code, out, err } = await ask(['--help']);

  expect(code).toBe(0);
  expect(err).toBe('');
  for (const command of Object.keys(OPTIONS)) {
    expect(out).toMatch(new RegExp(`\n  ${command.split(' ')[0]}\\b`));
  }
  expect(out).toContain('Start here:  mcp-witness demo');
  expect(out).toMatch(
    /0 ok, 1 unexpected error, 2 wrong usage, .*5 not verified,\s+6 breached, 8 partly collected, 130 interrupted/s,
  );
});

test('no arguments at all are a request for help, and no error', async () => {
  expect(await ask([])).toEqual(await ask(['--help']));
});

test('--version is that of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    readonly version: string;
  };

  expect(await ask(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('a group without its command shows its help on stderr', async () => {
  const { code, out, err } = await ask(['slo']);

  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^Usage: mcp-witness slo /);
});

const wrong: Readonly<Record<string, readonly [args: readonly string[], err: string]>> = {
  'an unknown command': [
    ['tmeline'],
    "error: unknown command 'tmeline'\n(Did you mean timeline?)\n  fix: 'mcp-witness --help' shows what there is.\n",
  ],
  'an unknown command of a group': [
    ['slo', 'reprt'],
    "error: unknown command 'reprt'\n(Did you mean report?)\n  fix: 'mcp-witness slo --help' shows what there is.\n",
  ],
  'an unknown option': [
    ['timeline', '--agnet', 'x'],
    "error: unknown option '--agnet'\n(Did you mean --agent?)\n  fix: 'mcp-witness timeline --help' shows what there is.\n",
  ],
  'an option that is missing': [
    ['report', 'all'],
    "error: required option '--out <file>' not specified\n  fix: 'mcp-witness report --help' shows what there is.\n",
  ],
  'an argument that is missing': [
    ['ingest', 'files'],
    "error: missing required argument 'paths'\n  fix: 'mcp-witness ingest files --help' shows what there is.\n",
  ],
  'a value that is no choice': [
    ['cost', 'report', '--by', 'moon'],
    "error: option '--by <what>' argument 'moon' is invalid. Allowed choices are agent, server, tool, model, cost_center.\n  fix: 'mcp-witness cost report --help' shows what there is.\n",
  ],
  'a number that is none': [
    ['timeline', '--limit', '-1'],
    "error: --limit cannot be '-1'.\n  fix: Write a whole number, 1 or more.\n",
  ],
  'a time that does not last': [
    ['slo', 'events', 'auth-success', '--lookback', '0h'],
    "error: --lookback cannot be '0h', which is no time at all.\n  fix: Write a number above 0 and a unit, such as '30s', '24h' or '7d'.\n",
  ],
  'an interval of a run that ends': [
    ['run', '--every', '5s'],
    'error: --every says nothing of a single run.\n  fix: Leave it out, or add --watch.\n',
  ],
  'an id that is empty': [
    ['pivot', ''],
    "error: The id is empty.\n  fix: Give one that 'timeline --wide' shows.\n",
  ],
  'windows compared by what tells versions apart': [
    ['slo', 'compare', '--baseline', '1.2.0'],
    'error: --baseline says nothing of a comparison by window.\n  fix: Leave it out, or compare with --by server_version.\n',
  ],
  'versions compared by what tells windows apart': [
    ['slo', 'compare', '--by', 'server_version', '--runs', '1'],
    'error: --runs says nothing of a comparison by server_version.\n  fix: Leave it out, or compare with --by window.\n',
  ],
};

test.each(Object.entries(wrong))('%s ends with 2, says what, and what to do', async (_, row) => {
  const [args, err] = row;

  expect(await ask(args)).toEqual({ code: 2, out: '', err });
});

test('what no one foresaw is called a bug of ours, with exit code 1', async () => {
  const now = () => {
    throw new Error('the clock is gone');
  };
  const { code, out, err } = await ask(['demo', 'nowhere'], { now });

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^bug: Error: the clock is gone\n/);
  expect(err).toMatch(/ {2}fix: Please report this, with the command line\.\n$/);
});
