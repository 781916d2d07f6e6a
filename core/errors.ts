/** What kind of trouble it is; decides the exit code (cli/exit-codes.ts). */
export type UserErrorCode =
  | 'usage_invalid'
  | 'input_invalid'
  | 'input_missing'
  | 'files_missing'
  | 'files_not_yet'
  | 'config_invalid'
  | 'definition_invalid'
  | 'query_not_found'
  | 'sql_failed'
  | 'store_missing'
  | 'store_unreadable'
  | 'store_too_new'
  | 'store_too_old'
  | 'server_too_old'
  | 'store_foreign'
  | 'store_busy'
  | 'memory_short'
  | 'access_denied'
  | 'source_unreachable'
  | 'output_refused';

/**
 * A failure its reader can act on: what is wrong, then what to do about it.
 * Any other error that reaches the top is our bug, and is reported as one.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  readonly fix: string;

  constructor(code: UserErrorCode, problem: string, fix: string, options?: ErrorOptions) {
    super(problem, options);
    this.code = code;
    this.fix = fix;
  }
}

/** Whether no file is where some should be. */
export function isWithoutFiles(error: unknown): error is UserError {
  return (
    error instanceof UserError && (error.code === 'files_missing' || error.code === 'files_not_yet')
  );
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What the system says of a file, without its own name for that and the path, which the reader is told already; the
 * engine passes its words on behind its own.
 */
export function systemReason(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n');
  const passedOn = /^(?:IO|Permission) Error: .*: ([A-Z][a-z ]+)$/.exec(line)?.[1];
  return passedOn?.toLowerCase() ?? /^E[A-Z]+: (.+?), \w+/.exec(line)?.[1] ?? line;
}
