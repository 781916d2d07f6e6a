import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';

/** Runs every benchmark; each prints its ratio against a named floor and fails beyond its limit. */
const names = readdirSync(packagePath('bench')).filter(
  (name) => name.endsWith('.ts') && name !== 'run.ts',
);
const wanted = process.argv.slice(2);
const failed = names
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
  .filter((name) => {
    const run = spawnSync(process.execPath, [packagePath('bench', name)], { stdio: 'inherit' });
    return run.status !== 0;
  });
if (failed.length > 0) {
  console.error(`beyond their limit: ${failed.join(', ')}`);
  process.exitCode = 1;
}
