import { findFiles, type TelemetryFile } from './files.ts';

/** Remembers which files were read, so that one that has not changed since is not read again. */
export class UnreadFiles {
  readonly #read = new Map<string, string>();

  /** Whether some files of these paths are new or have changed since they were read. */
  async areAny(paths: readonly string[]): Promise<boolean> {
    return paths.length > 0 && (await this.#find(paths)).length > 0;
  }

  /**
   * Does `work` with the files of these paths that are new or have changed since they were read; where it
   * fails, they are unread still.
   */
  async among<T>(
    paths: readonly string[],
    work: (unread: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const unread = await this.#find(paths);
    const done = await work(unread.map(({ path }) => path));
    for (const file of unread) this.#read.set(file.path, stateOf(file));
    return done;
  }

  async #find(paths: readonly string[]): Promise<TelemetryFile[]> {
    const { files } = await findFiles(paths);
    return files.filter((file) => this.#read.get(file.path) !== stateOf(file));
  }
}

function stateOf({ bytes, modifiedAt }: TelemetryFile): string {
  return `${bytes} ${modifiedAt}`;
}
