import { UserError } from '../core/errors.ts';
import type { Config } from '../ingest/config/config.ts';
import type { AboutDatabase } from '../store/clickhouse/about.ts';
import type { aboutStore, Target } from '../store/engines.ts';
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
  readonly #about: () => Promise<About>;
  #opened: Store | undefined;

  constructor(given: PatientOptions) {
    this.given = given;
    this.#config = once(async () => {
      const { loadConfig } = await import('../ingest/config/config.ts');
      return loadConfig(given.configFile);
    });
    this.#store = once(async () => {
      this.#opened = await this.#open(await this.target());
      return this.#opened;
    });
    this.#about = once(async () => {
      const { aboutStore } = await import('../store/engines.ts');
      const target = await this.target();
      if (target.engine === 'duckdb') throw new Error('a file has no server');
      return aboutStore(target, { self: given.self, patienceMs: given.limitMs });
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

  async target(): Promise<Target> {
    const { database, env } = this.given;
    if (database !== undefined) return { engine: 'duckdb', path: database };
    const { withLogin } = await import('../ingest/config/store-target.ts');
    return withLogin((await this.config()).store, env);
  }

  async #open(target: Target): Promise<Store> {
    const { self } = this.given;
    if (target.engine === 'duckdb') {
      const { Store } = await import('../store/store.ts');
      return Store.openToRead(target.path, { patienceMs: FILE_PATIENCE_MS });
    }
    // What is asked of the rows may take long; a server that does not answer is known by then.
    await this.aboutDatabase();
    const { openToRead } = await import('../store/engines.ts');
    return openToRead(target, { self });
  }

  /** What a server says of the database. UserError: why it cannot be asked; for the one check that tells it. */
  about(): Promise<About> {
    return this.#about();
  }

  /** The same of the database alone. UserError: there is none to ask. */
  async aboutDatabase(): Promise<AboutDatabase> {
    const { database } = await this.about();
    if (database instanceof Error) throw database;
    return database;
  }

  /** UserError: why it cannot be opened. For the one check that tells it. */
  openStore(): Promise<Store> {
    return this.#store();
  }

  async store(): Promise<Store> {
    return this.#store().catch((error: unknown) => {
      if (error instanceof Skipped) throw error;
      throw new Skipped(
        isNoneYet(error) ? NONE_YET : 'the database cannot be opened; see database',
      );
    });
  }

  /** The database, where it has what the questions about evidence ask for. */
  async evidence(): Promise<Store> {
    const store = await this.store();
    // A server's is opened in no other version.
    if (!store.isFile) return store;
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

type About = Awaited<ReturnType<typeof aboutStore>>;

const NONE_YET = 'there is no database yet';

/** Nothing was ingested, which is no failure. */
export function isNoneYet(error: unknown): boolean {
  return error instanceof UserError && error.code === 'store_missing';
}

/** Does something when it is first asked for, and gives the same to all who ask. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
