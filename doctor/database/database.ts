import { UserError } from '../../core/errors.ts';
import type { Target } from '../../store/engines.ts';
import { type Check, type Finding, failedAs, warning } from '../check.ts';
import { isNoneYet, type Patient } from '../patient.ts';
import { lookAtFile } from './file.ts';
import { lookAtServer } from './server.ts';

export const database: Check = {
  name: 'database',
  area: 'database',
  asks: 'Is the database there, is it one of ours, and of a schema that this program knows?',
  async examine(patient) {
    const target = await patient.target();
    try {
      return target.engine === 'duckdb'
        ? await lookAtFile(patient, target.path)
        : await lookAtServer(patient, target);
    } catch (error) {
      if (error instanceof UserError) return whyNot(error, target, patient);
      throw error;
    }
  },
};

/** What makes a database. */
async function firstCommand(patient: Patient): Promise<string> {
  const { commandLine } = patient.given;
  const { sources } = await patient.config().catch(() => ({ sources: [] }));
  return sources.length > 0
    ? commandLine('run')
    : `${commandLine('ingest files PATHS')}   # or, for something to look at: ${commandLine('demo')}`;
}

async function whyNot(error: UserError, target: Target, patient: Patient): Promise<Finding> {
  if (isNoneYet(error)) {
    const found =
      target.engine === 'duckdb'
        ? `there is no database at ${target.path} yet`
        : `the database '${target.database}' on ${target.url} holds nothing yet`;
    return { state: 'skipped', found, mend: await firstCommand(patient) };
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
