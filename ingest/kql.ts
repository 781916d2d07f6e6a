import { readdirSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import { readKqlFile } from '../store/kql-file.ts';

/** ingest/kql/<table>.kql: what is pulled from one table. The contract is in ingest/kql/README.md. */
export interface Pull {
  /** Relative to the package. */
  readonly path: string;
  readonly table: string;
  /** The stem of the file in ingest/sources/ that reads its rows. */
  readonly source: string;
  /** `resource`: the name exists only where an Application Insights resource is asked. */
  readonly scope: 'workspace' | 'resource';
  /** The column that holds the event's time. */
  readonly time: string;
  readonly purpose: string;
  /** Rows and contents that stay where they are. */
  readonly leaves: string;
  /** What follows the table's line. */
  readonly pipeline: string;
}

/** Times as ISO-8601 in UTC, to the tick where it matters. */
export interface PullWindow {
  /** The event's time, both ends included: wide, because rows come late. */
  readonly time: { readonly from: string; readonly to: string };
  /** When the row was ingested: from <= t < to. */
  readonly ingested: { readonly from: string; readonly to: string };
  /** Of these rows those whose hash is from <= h < to, of so many. */
  readonly part?: { readonly from: number; readonly to: number; readonly of: number } | undefined;
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;

/** All of them, by file name. */
export function listPulls(): Pull[] {
  return readdirSync(packagePath('ingest/kql'))
    .filter((name) => name.endsWith('.kql'))
    .sort()
    .map((name) => readPull(`ingest/kql/${name}`));
}

/**
 * The query for the rows of a window. Another pipeline in place of the file's own counts them, say.
 */
export function windowed(
  { table, time, scope, pipeline }: Pull,
  window: PullWindow,
  instead: string = pipeline,
): string {
  const [from, to] = [literal(window.time.from), literal(window.time.to)];
  const [since, until] = [literal(window.ingested.from), literal(window.ingested.to)];
  const id = scope === 'resource' ? 'itemId' : '_ItemId';
  return `${table}
| where ${time} between (${from} .. ${to})
| where ingestion_time() >= ${since} and ingestion_time() < ${until}
${window.part === undefined ? '' : partOf(window.part, `${id}, tostring(${time})`)}${instead.trim()}
`;
}

function partOf({ from, to, of }: NonNullable<PullWindow['part']>, row: string): string {
  return `| where hash_xxhash64(strcat(${row}), ${of}) between (${from} .. ${to - 1})\n`;
}

function literal(time: string): string {
  if (!UTC.test(time)) throw new Error(`'${time}' is no time in UTC`);
  return `datetime(${time})`;
}

function readPull(path: string): Pull {
  const { header, text } = readKqlFile(path);
  const { table, source, time, purpose, leaves } = header;
  const [first, ...rest] = text.split('\n');
  if (!table || !source || !time || !purpose || !leaves || first !== table) {
    throw new Error(`${path} does not keep to ingest/kql/README.md`);
  }
  const scope = header['scope'] === 'resource' ? 'resource' : 'workspace';
  return { path, table, source, scope, time, purpose, leaves, pipeline: rest.join('\n') };
}
