import { relative, sep } from 'node:path';

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
    const runner = node.split(sep).includes('node_modules') ? 'npx node' : 'node';
    return `${runner} ${relative(folder, script)}`;
  }
  return env['npm_command'] === 'exec' ? 'npx mcp-witness' : 'mcp-witness';
}
