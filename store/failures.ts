import { messageOf, UserError } from '../core/errors.ts';
import { heldBy, notedHolder } from './lease.ts';
import { tornBlock } from './torn-block.ts';

/** Adds what DuckDB cannot know: which file of ours held the statement. */
export function sqlFailed(path: string, cause: unknown): Error {
  if (cause instanceof UserError) return cause;
  if (!isShortOfMemory(cause)) return new Error(`${path}: ${messageOf(cause)}`, { cause });
  return new UserError(
    'memory_short',
    `Memory ran short in ${path}; nothing was changed.`,
    'Let it take more (memory_limit of the store, in the config), and repeat the command.',
    { cause },
  );
}

/** Whether the engine says that there is not enough memory for a statement. */
export function isShortOfMemory(error: unknown): boolean {
  return /out of memory|failed to (?:offload|allocate|pin)/i.test(messageOf(error));
}

/** What to do about a user's own statement. */
export const CORRECT_THE_STATEMENT =
  "Correct the statement; 'select * from tool_calls limit 1' shows the columns. Writing, files and settings are not allowed here.";

/** What a user's own statement failed with. */
export function userSqlFailed(cause: unknown, timeoutMs: number): UserError {
  if (cause instanceof UserError) return cause;
  const message = messageOf(cause);
  if (/^INTERRUPT/i.test(message)) {
    return new UserError(
      'sql_failed',
      `The statement ran longer than ${timeoutMs / 1000} s and was stopped.`,
      'Ask for less: a shorter window, fewer columns, an aggregate.',
      { cause },
    );
  }
  return new UserError('sql_failed', message, CORRECT_THE_STATEMENT, { cause });
}

/** Why a file could not be opened as a database. */
export function openFailed(path: string, cause: unknown): UserError {
  const message = messageOf(cause);
  // A damaged file is told of by its 'block'.
  if (/\block\b/i.test(message)) {
    const holder = notedHolder(path);
    // A process that was killed left its note behind: the lock says who has the file now.
    if (holder && message.includes(`PID ${holder.pid}`)) return heldBy(path, holder, cause);
    return new UserError(
      'store_busy',
      `The database '${path}' is in use by another process.`,
      'Wait until that process is done, or choose another file with --db.',
      { cause },
    );
  }
  if (/replaying wal/i.test(message)) {
    return new UserError(
      'store_unreadable',
      `What was last written to the database '${path}' cannot be read back from '${path}.wal': ${message.split('\n')[0]}`,
      `Move '${path}.wal' away: the database is then as it was before, with what it has taken since still to be read again. Run the last commands once more.`,
      { cause },
    );
  }
  if (/permission denied/i.test(message)) {
    return new UserError(
      'store_unreadable',
      `Cannot open the database '${path}': permission denied.`,
      'Give the process permission to write to it and its folder, or choose another file with --db.',
      { cause },
    );
  }
  if (/could not read enough bytes/i.test(message)) {
    return new UserError(
      'store_unreadable',
      `The database '${path}' is cut short: a part of it is missing.`,
      'Put a copy back, or read the telemetry into another file with --db; this one was left as it is.',
      { cause },
    );
  }
  return new UserError(
    'store_unreadable',
    `Cannot open the database '${path}': ${message.split('\n')[0]}`,
    `Choose another file with --db; '${path}' was left as it is.`,
    { cause },
  );
}

/** The same for who only reads, and so cannot mend what a kill has left. */
export function readFailed(path: string, cause: unknown): UserError {
  if (tornBlock(path, cause) === undefined) return openFailed(path, cause);
  return new UserError(
    'store_unreadable',
    `A process was killed while it wrote to the database '${path}'.`,
    `Run a command that writes, such as 'mcp-witness correlate --db ${path}': it mends the file, and nothing is lost.`,
    { cause },
  );
}
