import { statSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { type Check, type Finding, failedAs, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { bytesText } from '../words.ts';

export const database: Check = {
  name: 'database',
  area: 'database',
  asks: 'Is the database there, is it one of ours, and of a schema that this program knows?',
  async examine(patient) {
    const path = await patient.databasePath();
    const { newestVersion, versionOf } = await import('../../store/schema.ts');
    try {
      const store = await patient.openStore();
      const version = await versionOf(store);
      const found = `${path}, ${bytesText(statSync(path).size)}, schema ${version}`;
      return version === newestVersion()
        ? ok(found)
        : warning(`${found}, where this program knows ${newestVersion()}`, {
            why: 'What it says is not looked at until then',
            mend: `${patient.given.commandLine('correlate')}   # any command that writes brings it up to date`,
          });
    } catch (error) {
      if (error instanceof UserError) return whyNot(error, path, await firstCommand(patient));
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

function whyNot(error: UserError, path: string, command: string): Finding {
  if (/^There is no database/.test(error.message)) {
    return {
      state: 'skipped',
      found: `there is no database at ${path} yet`,
      mend: command,
    };
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
