import type { UserError, UserErrorCode } from '../core/errors.ts';
import type { Patient } from './patient.ts';

/** `skipped`: nothing was looked at, and nothing is known. */
export type State = 'failed' | 'warning' | 'skipped' | 'ok';

export type Area = 'machine' | 'config' | 'database' | 'evidence' | 'azure';

/** One thing that was looked at, and how it was. */
export interface Finding {
  readonly state: State;
  /** What was found, or why nothing was looked at; a sentence without its end. */
  readonly found: string;
  /** What comes of it, where that is not plain. */
  readonly why?: string;
  /** Lines to type or to paste. */
  readonly mend?: string;
  /** Of what failed: what kind of trouble it is, which decides the exit code. */
  readonly code?: UserErrorCode;
}

/** One question about the installation. A new one is a file, and a line in checks.ts. */
export interface Check {
  /** Stable; scripts and pages name it. */
  readonly name: string;
  readonly area: Area;
  /** What is asked, for the page of the docs. */
  readonly asks: string;
  /** What it throws is told as what it found; other checks go on. */
  examine(patient: Patient): Promise<Finding | readonly Finding[]>;
}

/** Thrown where a check cannot look, for a reason that is no failure of its own. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export const NO_CONFIG = 'there is no config';
export const NOTHING_IN_AZURE = 'the config names nothing in Azure';

export const ok = (found: string): Finding => ({ state: 'ok', found });

export const warning = (found: string, rest: Pick<Finding, 'why' | 'mend'> = {}): Finding => ({
  state: 'warning',
  found,
  ...rest,
});

/** No failure is told without the lines that mend it. */
export const failed = (
  found: string,
  rest: Pick<Finding, 'why' | 'code'> & Required<Pick<Finding, 'mend'>>,
): Finding => ({ state: 'failed', code: 'config_invalid', found, ...rest });

export const skipped = (found: string): Finding => ({ state: 'skipped', found });

/** What a command would have ended with. */
export function failedAs({ message, fix, code }: UserError): Finding {
  return failed(message.replace(/\.$/, ''), { mend: fix, code });
}
