import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { Binder } from './binder.ts';
import { describe, relationSql } from './columns.ts';
import type { Control } from './definition.ts';
import { column, compile, type Scope } from './predicate.ts';
import { findSource } from './sources.ts';

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
  const binder = new Binder({ from_at: window.from, to_at: window.to });
  const source = findSource(control.source);
  const columns = await describe(store, source, binder);
  const scope = { source: source.name, columns, binder, place: control.indicatorPlace };
  const subjects = subjectsSql(scope, control, relationSql(source));
  return { countSql: countSql(subjects), listSql: listSql(subjects, control), binder };
}

function subjectsSql(scope: Scope, control: Control, relation: string): string {
  const { metricPath, subject, evidence, seen, time } = control;
  const unmeasurable = control.unmeasurable.map((rule) => compile(scope, rule));
  const violation = compile(scope, control.violation);
  const population = compile(scope, control.population);
  const text = (name: string, path: readonly (string | number)[]) =>
    `x_text(${column(scope, name, path)})`;
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
  const keys = subject.map((_, index) => `subject_${index}`).join(', ');
  return `with assessed as (
select
${columns.join(',\n')}
from ${relation}
where
${inTime}(${[population, violation, ...unmeasurable].join('\n    or ')})
),
subjects as (
select
    ${keys},
    min(standing) as standing,
    min(case when standing = ${VIOLATING} then finding_no end) as finding_no,
    count(*) as subject_rows,
    count(*) filter (where weight <> 1) as sampled_rows,
    min(first_at) as first_at,
    max(last_at) as last_at${evidence
      .map(
        (_, index) =>
          `,\n    max(case when standing = ${VIOLATING} then evidence_${index} end) as evidence_${index}`,
      )
      .join('')}
from assessed
group by ${keys}
)`;
}

function countSql(subjects: string): string {
  return `${subjects}
select
    standing,
    count(*) as subjects,
    coalesce(sum(sampled_rows), 0) as sampled_rows,
    (select count(*) from subjects) as population
from subjects
group by standing
order by standing`;
}

function listSql(subjects: string, { subject }: Control): string {
  const keys = subject.map((_, index) => `subject_${index}`).join(', ');
  return `${subjects}
select *
from subjects
where standing = ${VIOLATING}
order by last_at desc, ${keys}
limit ${LISTED_SUBJECTS}`;
}
