import type { UserError } from '../../core/errors.ts';
import type { Target } from '../../store/engines.ts';
import { type Finding, failedAs, warning } from '../check.ts';
import { isNoneYet, type Patient } from '../patient.ts';

/** Why a database cannot be opened, and what to do. */
export async function whyNot(error: UserError, target: Target, patient: Patient): Promise<Finding> {
  if (isNoneYet(error)) {
    const found =
      target.engine === 'duckdb'
        ? `there is no database at ${target.path} yet`
        : `the database '${target.database}' on ${target.url} holds nothing yet`;
    return { state: 'skipped', found, mend: await firstCommand(patient) };
  }
  if (error.code === 'store_too_old') {
    return ofOlderSchema(error.message.replace(/\.$/, ''), patient);
  }
  // Somebody who says who he is does what he should; whoever holds it without a word may hang.
  if (error.code === 'store_busy' && !/in use by another process/.test(error.message)) {
    return warning(`in use for the moment: ${error.message.replace(/\.$/, '')}`, {
      why: 'Its evidence was not looked at',
      mend: 'Repeat the command in a moment: an ingest lets others read between its commits.',
    });
  }
  return failedAs(error);
}

export function ofOlderSchema(found: string, patient: Patient): Finding {
  return warning(found, {
    why: 'What it says is not looked at until then',
    mend: `${patient.given.commandLine('correlate')}   # any command that writes brings it up to date`,
  });
}

/** What makes a database. */
async function firstCommand(patient: Patient): Promise<string> {
  const { commandLine } = patient.given;
  const { sources } = await patient.config().catch(() => ({ sources: [] }));
  return sources.length > 0
    ? commandLine('run')
    : `${commandLine('ingest files PATHS')}   # or, for something to look at: ${commandLine('demo')}`;
}
