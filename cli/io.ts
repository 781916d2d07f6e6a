import type { Claimant } from '../store/lease.ts';
import type { ExitCode } from './exit-codes.ts';

/** All of the outside that a command may touch, so that tests run it in-process. */
export interface Io {
  /** Data, and nothing else. */
  out(text: string): void;
  /** Everything that is not data. */
  err(text: string): void;
  /** Overwrites the last such line on a terminal; says nothing on a pipe. */
  progress(text: string): void;
  now(): Date;
  /** What to type to run this program once more: 'mcp-witness', or 'node cli/bin.ts' in a checkout. */
  readonly program: string;
  /** The version of Node that this runs on. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This process, for who asks whether it still holds a database. */
  readonly self: Claimant;
  /** Aborted by the first Ctrl-C or SIGTERM while `isStoppable`. */
  readonly signal: AbortSignal;
  /** Whether what is under way heeds the signal; otherwise a signal ends the process at once. */
  isStoppable: boolean;
  exitCode: ExitCode;
}
