import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of package.json. Code runs from its source folder in a checkout and from dist/ in the
 * packed package; the .sql files stay at one place in both.
 */
export const packageRoot = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of mcp-witness was not found');
  return findRoot(parent);
}

/** An absolute path for one of the package's own files, e.g. `packagePath('queries', 'soc')`. */
export function packagePath(...parts: readonly string[]): string {
  return join(packageRoot, ...parts);
}
