import { messageOf, UserError } from '../core/errors.ts';
import { TimeLimitError, withinTime } from '../core/time-limit.ts';
import { type Check, type Finding, failed, failedAs, Skipped, skipped } from './check.ts';
import type { Patient } from './patient.ts';

/** A finding, and the check that it is of. */
export interface Examined extends Finding {
  readonly check: Check;
}

/** So many answers, one after the other, a check may wait for, once it is signed in. */
const ANSWERS = 6;
const SIGN_IN_MS = 25_000;

/** Looks at everything; a check that fails, or takes too long, does not keep the others from theirs. */
export async function examine(
  checks: readonly Check[],
  patient: Patient,
  limitMs = SIGN_IN_MS + ANSWERS * patient.given.limitMs,
): Promise<Examined[]> {
  const found: Examined[] = [];
  // The local ones share a database and are quick; what asks Azure waits for answers, all at once.
  const local = checks.filter(({ area }) => area !== 'azure');
  for (const check of local) found.push(...(await examined(check, () => check.examine(patient))));
  const remote = checks.filter(({ area }) => area === 'azure');
  const rest = await Promise.all(
    remote.map((check) =>
      examined(check, async () => {
        if (patient.given.isOffline) throw new Skipped('--offline');
        return withinTime(limitMs, () => check.examine(patient));
      }),
    ),
  );
  return [...found, ...rest.flat()];
}

async function examined(
  check: Check,
  look: () => ReturnType<Check['examine']>,
): Promise<Examined[]> {
  const findings = await findingsOf(look).catch((error: unknown) => [toldAs(error)]);
  return findings.map((finding) => ({ ...finding, check }));
}

async function findingsOf(look: () => ReturnType<Check['examine']>): Promise<readonly Finding[]> {
  const found = await look();
  return Array.isArray(found) ? (found as readonly Finding[]) : [found as Finding];
}

/** What was thrown, as a finding. */
export function toldAs(error: unknown): Finding {
  if (error instanceof Skipped) return skipped(error.message);
  if (error instanceof UserError) return failedAs(error);
  if (error instanceof TimeLimitError) {
    return failed(`not done: ${error.message}`, {
      code: 'source_unreachable',
      mend: 'Repeat the command later; --timeout 60s waits longer.',
    });
  }
  return failed(`could not be looked at: ${messageOf(error).split('\n')[0]}`, {
    mend: 'This is a bug of ours: please report it, with this line.',
  });
}
