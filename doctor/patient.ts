import { UserError } from '../core/errors.ts';
import type { Config } from '../ingest/config/config.ts';
import type { Claimant } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { Skipped } from './check.ts';
import { Estate } from './estate.ts';

export interface PatientOptions {
  /** As they were typed, or named by the environment. */
  readonly configFile: string | undefined;
  readonly database: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly self: Claimant;
  /** Versions of Node and of this program. */
  readonly node: string;
  readonly version: string;
  /** The oldest Node that will do. */
  readonly oldestNode: string;
  /** SLO files that hold where the config names none. */
  readonly startingTargets: readonly string[];
  /** A command of this program, over the same config and database. */
  readonly commandLine: (command: string) => string;
  readonly isOffline: boolean;
  /** How long one answer of Azure's is waited for. */
  readonly limitMs: number;
}

/** So long a process that commits is waited for. */
const FILE_PATIENCE_MS = 3_000;

/** What is examined. Each part is opened once, by the first check that needs it. */
export class Patient implements Disposable {
  readonly given: PatientOptions;
  /** What the config names in Azure. */
  readonly estate: Estate;
  readonly #config: () => Promise<Config>;
  readonly #store: () => Promise<Store>;
  #opened: Store | undefined;

  constructor(given: PatientOptions) {
    this.given = given;
    this.#config = once(async () => {
      const { loadConfig } = await import('../ingest/config/config.ts');
      return loadConfig(given.configFile);
    });
    this.#store = once(async () => {
      const { Store } = await import('../store/store.ts');
      const path = await this.databasePath();
      this.#opened = await Store.openToRead(path, { patienceMs: FILE_PATIENCE_MS });
      return this.#opened;
    });
    this.estate = new Estate(this);
  }

  /** UserError: what is wrong with it. For the one check that tells it. */
  readConfig(): Promise<Config> {
    return this.#config();
  }

  async config(): Promise<Config> {
    return this.#config().catch(() => {
      throw new Skipped('the config cannot be used; see config');
    });
  }

  async databasePath(): Promise<string> {
    if (this.given.database !== undefined) return this.given.database;
    const { store } = await this.config();
    if (store.engine === 'duckdb') return store.path;
    throw new Skipped('the store is on ClickHouse, which is not looked at');
  }

  /** UserError: why it cannot be opened. For the one check that tells it. */
  openStore(): Promise<Store> {
    return this.#store();
  }

  async store(): Promise<Store> {
    return this.#store().catch((error: unknown) => {
      if (error instanceof Skipped) throw error;
      const isAbsent = error instanceof UserError && /^There is no database/.test(error.message);
      throw new Skipped(
        isAbsent ? 'there is no database yet' : 'the database cannot be opened; see database',
      );
    });
  }

  /** The database, where it has what the questions about evidence ask for. */
  async evidence(): Promise<Store> {
    const store = await this.store();
    const { newestVersion, versionOf } = await import('../store/schema.ts');
    if ((await versionOf(store)) === newestVersion()) return store;
    throw new Skipped('the database has an older schema; see database');
  }

  /** The same, where anything is in it: silence is no answer. */
  async heard(): Promise<Store> {
    const store = await this.evidence();
    const [row] = await store.rows('select 1 as found from events limit 1');
    if (row === undefined) throw new Skipped('the database holds no evidence yet');
    return store;
  }

  [Symbol.dispose](): void {
    this.#opened?.close();
  }
}

/** Does something when it is first asked for, and gives the same to all who ask. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
