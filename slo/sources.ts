import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile, type SqlFile } from '../store/sql-file.ts';
import type { Parameter } from '../store/values.ts';

/** Something that a definition may count rows of: a published table, or one of our relations. */
export interface Source {
  readonly name: string;
  /** NULL: a table of that name. */
  readonly file: SqlFile | null;
  /** The layers of evidence whose life, sampling and losses bear on what the rows can prove. */
  readonly evidence: readonly string[];
  /** The layers whose lost records would have been among its rows. */
  readonly counted: readonly string[];
  /** The column that says when a row was seen, where there is one. */
  readonly time: string | null;
  /** Whether that is another time than the one its evidence is dated by. */
  readonly isOwnTime: boolean;
  /** The table that its rows are rows of, one for one; NULL where there is none. */
  readonly rowsOf: string | null;
  /** The query that counts what is worth telling beside a verdict on it; NULL where there is none. */
  readonly facts: string | null;
}

interface Table {
  readonly evidence: readonly string[];
  /** As its evidence, when absent. */
  readonly counted?: readonly string[];
  readonly time: string | null;
  readonly isOwnTime?: boolean;
  readonly rowsOf?: string;
}

const CALLS = ['gateway', 'server', 'tool_calls'];
const ALL = ['gateway', 'server', 'identity', 'model', 'approval', 'config', 'platform'];

/** The tables of DESIGN section 3; nothing else in the database can be named. */
const TABLES: Readonly<Record<string, Table>> = {
  tool_calls: { evidence: CALLS, time: 'timestamp', rowsOf: 'correlated_calls' },
  auth_attempts: {
    evidence: ['gateway', 'auth_attempts'],
    time: 'timestamp',
    rowsOf: 'auth_attempts',
  },
  model_calls: { evidence: ['gateway', 'model'], time: 'timestamp' },
  sign_ins: { evidence: ['identity'], time: 'timestamp' },
  approvals: { evidence: ['approval'], time: 'approval_decided_at', isOwnTime: true },
  sessions: { evidence: CALLS, time: 'last_at' },
  events: { evidence: CALLS, counted: ALL, time: 'occurred_at' },
  gateway_settings: { evidence: ['config'], time: 'observed_at', isOwnTime: true },
  agents: { evidence: CALLS, time: null },
  servers: { evidence: CALLS, time: null },
  tools: { evidence: CALLS, time: null },
};

const RELATIONS = 'queries/sre/relations';

/** Every name that `source:` may hold. */
export function sourceNames(): string[] {
  const files = readdirSync(packagePath(RELATIONS)).filter((file) => file.endsWith('.sql'));
  return [...Object.keys(TABLES), ...files.map((file) => basename(file, '.sql'))].sort();
}

const NO_FILE = { file: null, isOwnTime: false, rowsOf: null, facts: null };

/** The source of that name; definitions are checked against `sourceNames` when they are loaded. */
export function findSource(name: string): Source {
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
  if (table) return { ...NO_FILE, name, counted: table.evidence, ...table };
  if (!sourceNames().includes(name)) throw new RangeError(`no source is named '${name}'`);
  const file = readSqlFile(`${RELATIONS}/${name}.sql`);
  const evidence = (file.header['evidence'] ?? '').split(/[\s,]+/).filter(Boolean);
  const { time = null, rows = null, facts = null } = file.header;
  return { name, file, evidence, counted: evidence, time, isOwnTime: false, rowsOf: rows, facts };
}

/** What a relation takes beside the window, as its header has it. */
export function initialsOf({ file }: Source): Record<string, Parameter> {
  const given = (file?.params ?? []).filter(({ initial }) => initial !== undefined);
  return Object.fromEntries(
    given
      .filter(({ type }) => type !== 'timestamptz')
      .map(({ name, type, initial = '' }) => [
        name,
        type === 'varchar' ? initial : Number(initial),
      ]),
  );
}
