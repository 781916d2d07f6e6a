import { statSync } from 'node:fs';
import { type Finding, ok } from '../check.ts';
import type { Patient } from '../patient.ts';
import { bytesText } from '../words.ts';
import { ofOlderSchema } from './why-not.ts';

/** The database as a file of DuckDB. UserError: why it cannot be opened. */
export async function lookAtFile(patient: Patient, path: string): Promise<Finding> {
  const { newestVersion, versionOf } = await import('../../store/schema.ts');
  const version = await versionOf(await patient.openStore());
  const found = `${path}, ${bytesText(statSync(path).size)}, schema ${version}`;
  return version === newestVersion()
    ? ok(found)
    : ofOlderSchema(`${found}, where this program knows ${newestVersion()}`, patient);
}
