import { relative } from 'node:path';

export interface Invocation {
  readonly script: string;
  readonly node: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What to type to run this program once more, so that a command it prints works as it is printed. */
export function programName({ script, node, folder, env }: Invocation): string {
  if (script.endsWith('.ts')) {
    // A script of npm runs the checkout's own Node, which is not the one of the shell.
    const isNpmsOwn = env['npm_lifecycle_event'] !== undefined && node.includes('node_modules');
    const runner = isNpmsOwn ? 'npx node' : 'node';
    return `${runner} ${relative(folder, script)}`;
  }
  return env['npm_command'] === 'exec' ? 'npx mcp-witness' : 'mcp-witness';
}
