import { isWithoutFiles, UserError } from '../../core/errors.ts';
import type { FilesSource, LogAnalyticsSource, Source } from '../../ingest/config/config.ts';
import { type Check, type Finding, failedAs, NO_CONFIG, ok, Skipped, warning } from '../check.ts';
import { bytesText, counted } from '../words.ts';

export const sources: Check = {
  name: 'sources',
  area: 'config',
  asks: 'Do the paths match files, are the tables known, and can the source files of your own be read?',
  async examine(patient) {
    const { file, sources: all } = await patient.config();
    if (file === undefined) throw new Skipped(NO_CONFIG);
    if (all.length === 0) throw new Skipped('the config names no sources');
    const findings: Finding[] = [];
    for (const source of all) findings.push(await lookAt(source).catch(told));
    const troubles = findings.filter(({ state }) => state !== 'ok');
    return troubles.length > 0 ? troubles : ok(findings.map(({ found }) => found).join('; '));
  },
};

async function lookAt(source: Source): Promise<Finding> {
  if (source.kind === 'log-analytics') return tablesOf(source);
  if (source.kind === 'files') {
    const finding = await filesOf(source);
    if (source.mapping === undefined) return finding;
    const { readMapping } = await import('../../ingest/mapping.ts');
    return { ...finding, found: `${finding.found}, read by ${readMapping(source.mapping).table}` };
  }
  if (source.mapping === undefined) return ok(`${source.name}: event hub '${source.hub}'`);
  const { readMapping } = await import('../../ingest/mapping.ts');
  return ok(`${source.name}: read by ${readMapping(source.mapping).table}`);
}

async function filesOf({ name, paths }: FilesSource): Promise<Finding> {
  const { findFiles } = await import('../../ingest/transports/files.ts');
  try {
    const { files, ignored } = await findFiles(paths);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const found = `${name}: ${counted(files.length, 'file')}, ${bytesText(bytes)}`;
    if (files.length > 0) return ok(found);
    return warning(`${found}; ${counted(ignored.length, 'other')} have names that are not read`, {
      mend: 'Name them .json, .ndjson, .jsonl, .csv, .parquet or .avro, each also with .gz.',
    });
  } catch (error) {
    // Nothing may have come yet.
    if (isWithoutFiles(error)) {
      return warning(`${name}: ${error.message.replace(/\.$/, '')}`, { mend: error.fix });
    }
    throw error;
  }
}

async function tablesOf({ name, tables }: LogAnalyticsSource): Promise<Finding> {
  const { listPulls } = await import('../../ingest/kql.ts');
  const known = listPulls().map(({ table }) => table);
  const names = new Set(known.map((table) => table.toLowerCase()));
  const unknown = tables.filter((table) => !names.has(table.toLowerCase()));
  if (unknown.length === 0) return ok(`${name}: ${counted(tables.length, 'table')}`);
  return failedAs(
    new UserError(
      'config_invalid',
      `The source '${name}' names tables that are not read: ${unknown.join(', ')}.`,
      `Use some of: ${known.join(', ')}.`,
    ),
  );
}

function told(error: unknown): Finding {
  if (error instanceof UserError) return failedAs(error);
  throw error;
}
