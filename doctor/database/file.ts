import { statSync } from 'node:fs';
import { type Finding, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { bytesText } from '../words.ts';

/** The database as a file of DuckDB. UserError: why it cannot be opened. */
export async function lookAtFile(patient: Patient, path: string): Promise<Finding> {
  const { newestVersion, versionOf } = await import('../../store/schema.ts');
  const version = await versionOf(await patient.openStore());
  const found = `${path}, ${bytesText(statSync(path).size)}, schema ${version}`;
  return version === newestVersion()
    ? ok(found)
    : warning(`${found}, where this program knows ${newestVersion()}`, {
        why: 'What it says is not looked at until then',
        mend: `${patient.given.commandLine('correlate')}   # any command that writes brings it up to date`,
      });
}
