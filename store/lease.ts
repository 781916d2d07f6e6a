import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UserError } from '../core/errors.ts';
import type { Row, Store } from './store.ts';

/** Who asks for the lease; only what starts the process knows its own number. */
export interface Claimant {
  readonly pid: number;
  /** Whether a process of this machine still runs. */
  readonly isRunning: (pid: number) => boolean;
}

/** Who holds a lease. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly purpose: string;
  readonly since: string;
}

/** A holder on another machine that did not renew for this long is gone. */
const EXPIRY_MS = 60_000;

/**
 * The right to add to a database: one process at a time. The row fences, because every commit
 * renews it; the file beside the database only tells who holds it to those who cannot open it.
 */
export class Lease {
  readonly #store: Store;
  readonly #holder: string;

  private constructor(store: Store, holder: string) {
    this.#store = store;
    this.#holder = holder;
  }

  /** Takes the lease, from a dead process too. UserError 'store_busy' while another holds it. */
  static async take(
    store: Store,
    purpose: string,
    { pid, isRunning }: Claimant,
    now: Date,
  ): Promise<Lease> {
    const lease = new Lease(store, randomUUID());
    const host = hostname();
    const since = now.toISOString();
    const take = async (): Promise<void> => {
      const [row] = await store.rows('select * from ingest_lease');
      if (row && isHeld(row, { host, pid, isRunning }, now))
        throw heldBy(store.path, holderOf(row));
      await store.run('delete from ingest_lease');
      await store.run(
        'insert into ingest_lease values ($holder, $host, $pid, $purpose, cast($since as timestamptz), cast($since as timestamptz))',
        { holder: lease.#holder, host, pid, purpose, since },
      );
    };
    await store.hold(() => store.transaction(take));
    if (store.isFile) noteHolder(store.path, { host, pid, purpose, since });
    return lease;
  }

  /** To be called inside of every commit: fails it when another process has taken over. */
  async renew(store: Store, now: Date): Promise<void> {
    const renewed = await store.run(
      'update ingest_lease set renewed_at = cast($now as timestamptz) where holder = $holder',
      { now: now.toISOString(), holder: this.#holder },
    );
    if (renewed === 1) return;
    const [row] = await store.rows('select * from ingest_lease');
    throw row
      ? heldBy(store.path, holderOf(row))
      : new UserError(
          'store_busy',
          `The lease on '${store.path}' was taken away while this process held it.`,
          'Repeat the command; what it had committed is kept.',
        );
  }

  async release(): Promise<void> {
    const released = await this.#store.hold(() =>
      this.#store.run('delete from ingest_lease where holder = $holder', {
        holder: this.#holder,
      }),
    );
    if (released > 0 && this.#store.isFile) forgetHolder(this.#store.path);
  }
}

/** Who took the lease last and did not give it back, and whether he still has it. */
export async function holderOfLease(
  store: Store,
  claimant: Claimant,
  now: Date,
): Promise<(Holder & { readonly isThere: boolean }) | undefined> {
  const [row] = await store.rows('select * from ingest_lease');
  if (!row) return undefined;
  return { ...holderOf(row), isThere: isHeld(row, { ...claimant, host: hostname() }, now) };
}

function isHeld(
  row: Row,
  { host, pid, isRunning }: Claimant & { host: string },
  now: Date,
): boolean {
  if (now.getTime() - Date.parse(String(row['renewed_at'])) > EXPIRY_MS) return false;
  if (row['host'] !== host) return true;
  return row['pid'] !== pid && isRunning(Number(row['pid']));
}

function holderOf(row: Row): Holder {
  const text = (name: string) => String(row[name]);
  return {
    host: text('host'),
    pid: Number(row['pid']),
    purpose: text('purpose'),
    since: text('since'),
  };
}

/** What a second process is told. */
export function heldBy(
  path: string,
  { host, pid, purpose, since }: Holder,
  cause?: unknown,
): UserError {
  return new UserError(
    'store_busy',
    `'${purpose}', process ${pid} on ${host}, adds to the database '${path}' since ${since}.`,
    'Wait until it is done or stop it; or add to another file with --db.',
    { cause },
  );
}

const besides = (path: string): string => `${path}.lease`;

function noteHolder(path: string, holder: Holder): void {
  if (path === ':memory:') return;
  writeFileSync(besides(path), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
}

function forgetHolder(path: string): void {
  if (path !== ':memory:') rmSync(besides(path), { force: true });
}

/** Who said to hold the database that cannot be opened; undefined: nobody said so. */
export function notedHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(besides(path), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
