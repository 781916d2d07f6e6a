import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { Binder } from './binder.ts';
import { describe, relationSql, textSql } from './columns.ts';
import type { Control, Predicate } from './definition.ts';
import { column, compile, type Scope } from './predicate.ts';
import { findSource, initialsOf } from './sources.ts';

/** A control compiled for one window: one statement counts subjects, one lists the violating. */
export interface ControlStatement {
  readonly countSql: string;
  readonly listSql: string;
  readonly binder: Binder;
}

/** Beyond this many, violating subjects are counted and not listed. */
export const LISTED_SUBJECTS = 10_000;

/** A subject is the worst of its rows: violating, else unobservable by the first rule, else fine. */
const VIOLATING = 0;

/** Compiles a control; every field it names is checked against the columns of its source. */
export async function compileControl(
  store: Store,
  control: Control,
  window: TimeWindow,
): Promise<ControlStatement> {
  const source = findSource(control.source);
  const binder = new Binder({ ...initialsOf(source), from_at: window.from, to_at: window.to });
  const columns = await describe(store, source, binder);
  const scope = { source: source.name, columns, binder, place: control.indicatorPlace };
  const assessed = assessedSql(scope, control, relationSql(source));
  return { countSql: countSql(assessed, control), listSql: listSql(assessed, control), binder };
}

/** The columns that decide where a row stands. */
export function columnsOf({
  population,
  violation,
  findings,
  unmeasurable,
}: Control): ReadonlySet<string> {
  return new Set([population, violation, ...findings, ...unmeasurable].flatMap(namedBy));
}

function namedBy({ when }: { readonly when: readonly Predicate[] }): string[] {
  return when.flatMap(({ field, op, value, any = [], all = [], not = [] }) => [
    ...(field === undefined ? [] : [field]),
    ...(op?.endsWith('-field') ? [String(value)] : []),
    ...namedBy({ when: [...any, ...all, ...not] }),
  ]);
}

/** Every row that the control is about, with where it stands and what it shows. */
function assessedSql(scope: Scope, control: Control, relation: string): string {
  const { metricPath, subject, evidence, seen, time } = control;
  const unmeasurable = control.unmeasurable.map((rule) => compile(scope, rule));
  const violation = compile(scope, control.violation);
  const population = compile(scope, control.population);
  const text = (name: string, path: readonly (string | number)[]) =>
    textSql(column(scope, name, path), scope.columns.get(name));
  const moment = (name: string | undefined, key: string) =>
    name === undefined ? 'null' : column(scope, name, [...metricPath, key], 'time');
  const findings = control.findings.map(
    (rule, index) => `        when ${compile(scope, rule)} then ${index}`,
  );
  const columns = [
    ...subject.map(
      (name, index) =>
        `    coalesce(${text(name, [...metricPath, 'subject', index])}, '(unknown)') as subject_${index}`,
    ),
    ...evidence.map(
      (name, index) => `    ${text(name, [...metricPath, 'evidence', index])} as evidence_${index}`,
    ),
    `    ${moment(seen?.first ?? time ?? undefined, 'seen')} as first_at`,
    `    ${moment(seen?.last ?? time ?? undefined, 'seen')} as last_at`,
    `    ${control.weight ? `coalesce(${column(scope, control.weight, [...metricPath, 'weight'], 'number')}, 0)` : '1'} as weight`,
    `    case
${unmeasurable.map((test, index) => `        when ${test} then ${index + 1}\n`).join('')}        when ${violation} then ${VIOLATING}
        else ${unmeasurable.length + 1}
    end as standing`,
    findings.length === 0
      ? '    0 as finding_no'
      : `    case\n${findings.join('\n')}\n        else ${findings.length}\n    end as finding_no`,
  ];
  const inTime = time
    ? `    ${moment(time, 'time')} >= {from_at:Timestamp}
    and ${moment(time, 'time')} < {to_at:Timestamp}
    and `
    : '    ';
  return `with assessed as (
select
${columns.join(',\n')}
from ${relation}
where
${inTime}(${[population, violation, ...unmeasurable].join('\n    or ')})
)`;
}

function keysOf({ subject }: Control): string {
  return subject.map((_, index) => `subject_${index}`).join(', ');
}

function countSql(assessed: string, control: Control): string {
  const keys = keysOf(control);
  return `${assessed},
subjects as (
select
    ${keys},
    min(standing) as standing,
    count(*) filter (where weight <> 1) as sampled_rows
from assessed
group by ${keys}
)
select
    standing,
    count(*) as subjects,
    coalesce(sum(sampled_rows), 0) as sampled_rows,
    (select count(*) from subjects) as population
from subjects
group by standing
order by standing`;
}

/** The evidence of a subject is that of one row, its gravest and latest: it belongs together. */
function listSql(assessed: string, control: Control): string {
  const keys = keysOf(control);
  const evidence = control.evidence.map((_, index) => `evidence_${index}`);
  const ofWorst = ['finding_no', ...evidence].map(
    (name) => `    max(case when position = 1 then ${name} end) as ${name}`,
  );
  // A waiver covers a finding: another one of the same subject must show beside the gravest.
  const found = Array.from(
    { length: control.findings.length + 1 },
    (_, no) =>
      `    max(case when standing = ${VIOLATING} and finding_no = ${no} then 1 else 0 end) as has_finding_${no}`,
  );
  const order = ['standing', 'finding_no', 'last_at desc', ...evidence].join(', ');
  // Only the rows of subjects that violate are put in order: they are few.
  return `${assessed},
violators as (
select distinct ${keys}
from assessed
where standing = ${VIOLATING}
),
ranked as (
select
    *,
    row_number() over (partition by ${keys} order by ${order}) as position
from assessed
semi join violators using (${keys})
)
select
    ${keys},
    count(*) as subject_rows,
    min(first_at) as first_at,
    max(last_at) as last_at,
${[...ofWorst, ...found].join(',\n')}
from ranked
group by ${keys}
order by last_at desc, ${keys}
limit ${LISTED_SUBJECTS}`;
}
