import { findFiles, type TelemetryFile } from './files.ts';

/** Remembers which files were read, so that one that has not changed since is not read again. */
export class UnreadFiles {
  readonly #read = new Map<string, string>();

  /**
   * Does `work` with the files of these paths that are new or have changed since they were read; where it
   * fails, they are unread still.
   */
  async among<T>(
    paths: readonly string[],
    work: (unread: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const { files } = await findFiles(paths);
    const unread = files.filter((file) => this.#read.get(file.path) !== stateOf(file));
    const done = await work(unread.map(({ path }) => path));
    for (const file of unread) this.#read.set(file.path, stateOf(file));
    return done;
  }
}

function stateOf({ bytes, modifiedAt }: TelemetryFile): string {
  return `${bytes} ${modifiedAt}`;
}
