import { describe, expect, test } from 'vitest';
import { bind } from '../kql/bind.ts';
import { ask } from './fleet.ts';
import { run } from './program.ts';

/** The lines that hold parameters. */
async function lets(...args: readonly string[]): Promise<string[]> {
  const { code, out, err } = await ask(['query', '--kql', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(bind(out).problems).toEqual([]);
  return out.split('\n').filter((line) => /^let (?!\w+ =$)\w+ = [^m]/.test(line));
}

describe('query --kql', () => {
  test('prints a query and how it differs from ours, for the portal to run', async () => {
    const { code, out, err } = await ask(['query', '--kql', 'sre/latency_by_tool']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^\/\/ sre\/latency_by_tool: How long .*\n\/\/ mcp-witness asks the same by 'sre\/latency_by_tool'\.\n\/\/ Where the answers differ: /,
    );
    expect(out.endsWith('| order by p95_ms desc, server_id asc, tool_name asc\n')).toBe(true);
    expect(bind(out).problems).toEqual([]);
  });

  test('opens no database', async () => {
    const { code } = await ask(['query', '--kql', 'soc/timeline', '--db', '/nowhere/at.all']);

    expect(code).toBe(0);
  });

  test('takes the name of the file', async () => {
    expect(await lets('sre/latency_by_tool.kql')).toEqual(await lets('sre/latency_by_tool'));
  });

  test('a window reckoned from now stays so', async () => {
    expect(await lets('sre/latency_by_tool')).toEqual([
      'let from_at = ago(30d);',
      'let to_at = now();',
    ]);
    expect(await lets('sre/latency_by_tool', '--since', '24h')).toEqual([
      'let from_at = ago(24h);',
      'let to_at = now();',
    ]);
  });

  test('a window with an end is filled in', async () => {
    expect(await lets('sre/latency_by_tool', '--since', '1d', '--to', '2026-11-21')).toEqual([
      'let from_at = datetime(2026-11-20T00:00:00.0000000Z);',
      'let to_at = datetime(2026-11-21T00:00:00.0000000Z);',
    ]);
  });

  test('parameters are filled in, and a parameter of the window wins', async () => {
    const params = ['from_at=2026-11-20T10:00:00Z', 'agent=it\'s \\ "me"', 'max_rows=5'];
    const args = params.flatMap((param) => ['--param', param]);

    expect(await lets('soc/timeline', '--since', '24h', ...args)).toEqual([
      'let from_at = datetime(2026-11-20T10:00:00.0000000Z);',
      'let to_at = now();',
      "let session = '';",
      "let agent = 'it\\u0027s \\u005c \\u0022me\\u0022';",
      "let tool = '';",
      "let server = '';",
      'let max_rows = long(5);',
    ]);
  });

  test('nothing that is given becomes a query', async () => {
    const hostile = `x' | take 1; ApiManagementGatewayLogs | project RequestBody //\n'; let to_at = now();`;
    const [one, ...others] = await lets('slo/unowned_agents', '--param', `servers=${hostile}`);
    const { out } = await ask([
      'query',
      '--kql',
      'slo/unowned_agents',
      '--param',
      `servers=${hostile}`,
    ]);
    const { out: harmless } = await ask(['query', '--kql', 'slo/unowned_agents']);

    expect([one, others.length]).toEqual(['let from_at = ago(30d);', 2]);
    expect(out.split('\n').length).toBe(harmless.split('\n').length);
  });

  test('goes to stdout of the real program, all of it', async () => {
    const { code, out, err } = await run([
      'query',
      '--kql',
      'sre/operational_view',
      '--since',
      '7d',
    ]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe((await ask(['query', '--kql', 'sre/operational_view', '--since', '7d'])).out);
  });
});
