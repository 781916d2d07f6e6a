import type { UserError } from '../../core/errors.ts';
import type { LogAnalyticsSource } from '../../ingest/config/config.ts';
import type { TableLook } from '../../ingest/log-analytics/look.ts';
import { type Check, type Finding, failedAs, ok, Skipped, warning } from '../check.ts';
import { toldAs } from '../examine.ts';
import type { Patient } from '../patient.ts';
import { counted, durationText, timeText } from '../words.ts';
import { categoryOf } from './categories.ts';
import { sendCategories } from './lines.ts';

export const tables: Check = {
  name: 'tables',
  area: 'azure',
  asks: 'May the tables be queried, do they exist, and did they receive rows in the last day?',
  async examine(patient) {
    await patient.estate.ensureNamed();
    const sources = await patient.estate.logs();
    if (sources.length === 0)
      throw new Skipped('the config names no source of the kind log-analytics');
    const findings = await Promise.all(sources.map((source) => lookAtSource(source, patient)));
    return findings.flat();
  },
};

async function lookAtSource(source: LogAnalyticsSource, patient: Patient): Promise<Finding[]> {
  try {
    const { credential } = await patient.estate.ensureOpen(new URL(source.endpoint).origin);
    const { lookAtTables } = await import('../../ingest/log-analytics/look.ts');
    const { now, limitMs } = patient.given;
    const looks = await lookAtTables(source, { credential, now, limitMs });
    const refusal = sharedRefusal(looks);
    if (refusal) return [await told(refusal, source, patient)];
    return await Promise.all(looks.map((look) => told(look, source, patient)));
  } catch (error) {
    const { found, ...rest } = toldAs(error);
    return [{ ...rest, found: `${source.name}: ${found}` }];
  }
}

/** Where all tables of a source have the same trouble, it is one trouble. */
function sharedRefusal(looks: readonly TableLook[]): TableLook | undefined {
  const [first] = looks;
  const code = first?.problem?.code;
  const isShared = looks.every(({ problem }) => problem !== undefined && problem.code === code);
  return isShared && code !== 'config_invalid' ? first : undefined;
}

async function told(
  look: TableLook,
  source: LogAnalyticsSource,
  patient: Patient,
): Promise<Finding> {
  const { table, target, rows, lastAt, problem } = look;
  const { now } = patient.given;
  const place = `${source.name}: ${table}`;
  if (problem !== undefined) return refusedAs(problem, table, target, patient);
  if (rows > 0 && lastAt !== undefined) {
    const age = durationText(now().getTime() - lastAt.getTime());
    return ok(`${place}: ${counted(rows, 'row')} in 24 h, the last one ${age} ago`);
  }
  const since = lastAt === undefined ? 'in 30 days' : `since ${timeText(lastAt)}`;
  return warning(`${place}: no row ${since}`, {
    why: 'No rows are not the same as no calls',
    mend:
      (await mendOf(table, target, patient)) ??
      `Look whether what fills ${table} still sends; leave it out of the source where nothing does.`,
  });
}

async function refusedAs(
  problem: UserError,
  table: string,
  target: string,
  patient: Patient,
): Promise<Finding> {
  const { objectId } = await patient.estate.signedIn();
  const finding = failedAs(problem);
  const isMissing = new RegExp(`named '${table}'`).test(problem.message);
  const mend = isMissing ? await mendOf(table, target, patient) : undefined;
  return {
    ...finding,
    mend: (mend ?? problem.fix).replace('PRINCIPAL_ID', objectId ?? 'PRINCIPAL_ID'),
  };
}

/** The line that makes the table receive rows, where a diagnostic setting does. */
async function mendOf(
  table: string,
  target: string,
  { given, estate }: Patient,
): Promise<string | undefined> {
  const known = categoryOf(table);
  if (known === undefined) return undefined;
  const workspace = `$(az monitor log-analytics workspace list --query "[?customerId=='${target}'].id" -o tsv)`;
  const line = sendCategories({
    resource: known.resource ?? (await estate.gatewayToType()),
    workspace: target.startsWith('/') ? target : workspace,
    categories: [known.category],
  });
  return `${line}\n# then, when rows have come: ${given.commandLine('doctor')}`;
}
