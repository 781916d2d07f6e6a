import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Claimant } from './lease.ts';

const PREFIX = `mcp-witness-${hostname()}-`;

/** Rows pass within seconds, those of a large day within minutes. */
const QUIET_MS = 3_600_000;

let hasLooked = false;

/** A folder for rows on their way to another engine. It is gone afterwards, at the latest when the next process needs one. */
export async function inPassingFolder<T>(
  self: Claimant | undefined,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (self !== undefined && !hasLooked) removeLeftovers(tmpdir(), self);
  hasLooked = true;
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${self?.pid ?? 0}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows of evidence lie there, which nobody looks for once their process was killed. */
function removeLeftovers(parent: string, { isRunning }: Claimant): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(PREFIX)
      ? /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))?.[1]
      : undefined;
    if (pid === undefined || pid === '0' || isRunning(Number(pid))) continue;
    try {
      if (isLately(join(parent, name))) continue;
      rmSync(join(parent, name), { recursive: true });
    } catch {
      // Somebody else's, or gone by now: no reason not to go on.
    }
  }
}

/** A container beside this one may have the same name and folder, and numbers of processes of its own. */
function isLately(folder: string): boolean {
  const paths = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  return paths.some((path) => Date.now() - statSync(path).mtimeMs < QUIET_MS);
}
