import type { UserErrorCode } from '../core/errors.ts';

/** Published in DESIGN section 6; scripts rely on them. */
export const ExitCode = {
  ok: 0,
  unexpected: 1,
  invalid: 2,
  authentication: 3,
  network: 4,
  unverified: 5,
  breached: 6,
  partial: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each kind of trouble ends with. */
export const EXIT_CODE_OF: Readonly<Record<UserErrorCode, ExitCode>> = {
  usage_invalid: ExitCode.invalid,
  input_invalid: ExitCode.invalid,
  input_missing: ExitCode.invalid,
  files_missing: ExitCode.invalid,
  files_not_yet: ExitCode.invalid,
  config_invalid: ExitCode.invalid,
  definition_invalid: ExitCode.invalid,
  query_not_found: ExitCode.invalid,
  sql_failed: ExitCode.invalid,
  store_missing: ExitCode.invalid,
  store_unreadable: ExitCode.invalid,
  store_too_new: ExitCode.invalid,
  store_too_old: ExitCode.invalid,
  server_too_old: ExitCode.invalid,
  store_foreign: ExitCode.invalid,
  store_busy: ExitCode.invalid,
  memory_short: ExitCode.unexpected,
  access_denied: ExitCode.authentication,
  source_unreachable: ExitCode.network,
  output_refused: ExitCode.invalid,
};
