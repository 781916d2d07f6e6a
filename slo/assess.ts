import type { Row, Store } from '../store/store.ts';
import type { ControlStatement } from './control-statement.ts';
import type { Control } from './definition.ts';

/** One subject that violates a control, with what shows it. */
export interface Violation {
  readonly subject: Readonly<Record<string, string>>;
  /** The gravest. */
  readonly finding: string;
  /** All that its rows show, the gravest first. */
  readonly findings: readonly string[];
  readonly explanation: string;
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
  readonly rows: number;
  readonly evidence: Readonly<Record<string, string | null>>;
}

export interface UnobservableTally {
  readonly id: string;
  readonly reason: string;
  readonly subjects: number;
}

/** Every subject of a control, each in exactly one place. */
export interface Assessment {
  readonly population: number;
  readonly classified: number;
  readonly violating: number;
  readonly unobservable: number;
  readonly unobservableBy: readonly UnobservableTally[];
  readonly sampledRows: number;
  readonly violations: readonly Violation[];
}

/** Runs the statements of a control and checks that its subjects add up. */
export async function assess(
  store: Store,
  control: Control,
  { countSql, listSql, binder }: ControlStatement,
): Promise<Assessment> {
  const file = (sql: string) => ({
    path: `control ${control.slo}`,
    sql,
    header: {},
    params: [],
    columns: [],
  });
  const counted = await store.query(file(countSql), binder.params);
  const assessment = tallySubjects(counted, control);
  if (assessment.violating === 0) return assessment;
  const listed = await store.query(file(listSql), binder.params);
  return { ...assessment, violations: listed.map((row) => violationOf(row, control)) };
}

/** The four numbers in the rows of the counting statement. */
export function tallySubjects(
  rows: readonly Row[],
  { unmeasurable }: Pick<Control, 'unmeasurable'>,
): Assessment {
  const subjects = (standing: number) =>
    Number(rows.find((row) => Number(row['standing']) === standing)?.['subjects'] ?? 0);
  const unobservableBy = unmeasurable.map(({ id, reason }, index) => ({
    id,
    reason,
    subjects: subjects(index + 1),
  }));
  const violating = subjects(0);
  const classified = violating + subjects(unmeasurable.length + 1);
  const unobservable = unobservableBy.reduce((sum, each) => sum + each.subjects, 0);
  const population = Number(rows[0]?.['population'] ?? 0);
  if (population !== classified + unobservable) {
    throw new Error(
      `the subjects of a control do not add up: ${classified} classified and ${unobservable} unobservable of ${population}`,
    );
  }
  return {
    population,
    classified,
    violating,
    unobservable,
    unobservableBy,
    sampledRows: rows.reduce((sum, row) => sum + Number(row['sampled_rows']), 0),
    violations: [],
  };
}

/** What violates and fits none of the findings that the control names. */
const UNNAMED = 'violation';

function violationOf(row: Row, { subject, evidence, findings }: Control): Violation {
  const text = (key: string) => (row[key] ?? null) as string | null;
  const finding = findings[Number(row['finding_no'] ?? 0)];
  const ids = [...findings.map(({ id }) => id), UNNAMED];
  return {
    subject: Object.fromEntries(
      subject.map((name, index) => [name, text(`subject_${index}`) ?? '']),
    ),
    finding: finding?.id ?? UNNAMED,
    findings: ids.filter((_, no) => Number(row[`has_finding_${no}`]) === 1),
    explanation: finding?.reason ?? '',
    firstSeenAt: text('first_at'),
    lastSeenAt: text('last_at'),
    rows: Number(row['subject_rows']),
    evidence: Object.fromEntries(evidence.map((name, index) => [name, text(`evidence_${index}`)])),
  };
}
