import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Claimant } from './lease.ts';

/** What a process keeps beside a database for as long as it works: what is spilled, and copies that are read. */
type Kind = 'tmp' | 'copy';

const OWNED = /^(?<host>.+)-(?<pid>\d+)-[0-9a-f]{8}\.(?:tmp|copy)$/;

/** A name beside the database that is nobody else's, and says whose it is. */
export function ownPath(path: string, kind: Kind, self: Claimant | undefined): string {
  return `${path}.${hostname()}-${self?.pid ?? 0}-${randomUUID().slice(0, 8)}.${kind}`;
}

/** Removes what processes of this machine have left beside the database that were killed. */
export function removeLeftovers(path: string, self: Claimant): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!isLeftover(name, `${basename(path)}.`, self)) continue;
    try {
      rmSync(join(folder, name), { recursive: true });
    } catch {
      // Somebody else's, or gone by now: no reason not to open the database.
    }
  }
}

function isLeftover(name: string, prefix: string, { isRunning }: Claimant): boolean {
  const owner = name.startsWith(prefix) ? OWNED.exec(name.slice(prefix.length))?.groups : undefined;
  return owner?.['host'] === hostname() && !isRunning(Number(owner['pid']));
}
