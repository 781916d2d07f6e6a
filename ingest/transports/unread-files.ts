import { findFiles, type TelemetryFile } from './files.ts';

/** Remembers which files were handed out, so that one that has not changed since is not read again. */
export class UnreadFiles {
  readonly #handedOut = new Map<string, string>();

  /** The files of these paths that are new or have changed since the last time. */
  async among(paths: readonly string[]): Promise<string[]> {
    const { files } = await findFiles(paths);
    const unread = files.filter((file) => this.#handedOut.get(file.path) !== stateOf(file));
    for (const file of unread) this.#handedOut.set(file.path, stateOf(file));
    return unread.map(({ path }) => path);
  }
}

function stateOf({ bytes, modifiedAt }: TelemetryFile): string {
  return `${bytes} ${modifiedAt}`;
}
