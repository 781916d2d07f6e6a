import type { YamlPath } from '../core/yaml-file.ts';
import type { Waiver } from './definition.ts';
import type { Documents, SloDocument } from './documents.ts';
import { at, definitionInvalid } from './place.ts';

interface WaiverSpec {
  readonly control: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly finding?: string;
  readonly reason: string;
  readonly approver: string;
  readonly ticket?: string;
  readonly from?: string;
  readonly expiresAt: string;
}

/** The waivers of one control; each must name a whole subject of it, by its columns. */
export function waiversOf(
  documents: Documents,
  control: string,
  subject: readonly string[],
  findings: readonly string[],
): Waiver[] {
  return documents
    .ofKind<WaiverSpec>('Waiver')
    .filter(({ spec }) => spec.control === control)
    .map((document) => {
      refuseOtherSubject(document, subject);
      refuseOtherFinding(document, findings);
      refuseEndless(document);
      const { spec, metadata, place } = document;
      return {
        name: metadata.name,
        subject: spec.subject,
        finding: spec.finding ?? null,
        reason: spec.reason,
        approver: spec.approver,
        ticket: spec.ticket ?? null,
        from: spec.from ?? null,
        expiresAt: spec.expiresAt,
        definedAt: at(place),
      };
    });
}

/** A waiver of a control that is not there would be taken for one that holds. */
export function refuseStrayWaivers(documents: Documents, controls: readonly string[]): void {
  for (const document of documents.ofKind<WaiverSpec>('Waiver')) {
    if (controls.includes(document.spec.control)) continue;
    throw refused(
      document,
      ['spec', 'control'],
      `there is no zero control named '${document.spec.control}'.`,
      controls.length === 0
        ? 'Load the file that holds the control too.'
        : `Use one of: ${[...controls].sort().join(', ')}.`,
    );
  }
}

function refuseOtherSubject(document: SloDocument<WaiverSpec>, subject: readonly string[]): void {
  const named = Object.keys(document.spec.subject).sort();
  if (JSON.stringify(named) === JSON.stringify([...subject].sort())) return;
  throw refused(
    document,
    ['spec', 'subject'],
    `a subject of '${document.spec.control}' has the columns ${subject.join(', ')}, and no others.`,
    'Write each of them with its value, as the report shows it.',
  );
}

function refuseOtherFinding(document: SloDocument<WaiverSpec>, findings: readonly string[]): void {
  const { finding, control } = document.spec;
  if (finding === undefined || findings.includes(finding)) return;
  throw refused(
    document,
    ['spec', 'finding'],
    `'${control}' has no finding '${finding}'.`,
    `Use one of: ${findings.join(', ')}; or remove it, to waive whatever the subject violates.`,
  );
}

/** A time without its zone would end elsewhere on another machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

function refuseEndless(document: SloDocument<WaiverSpec>): void {
  const { from, expiresAt } = document.spec;
  for (const [key, time] of Object.entries({ from, expiresAt })) {
    if (time === undefined || (INSTANT.test(time) && !Number.isNaN(Date.parse(time)))) continue;
    throw refused(
      document,
      ['spec', key],
      `'${time}' is no time in UTC.`,
      "Write a date or an ISO time in UTC, such as '2027-01-31' or '2027-01-31T00:00:00Z'.",
    );
  }
  if (from === undefined || Date.parse(from) < Date.parse(expiresAt)) return;
  throw refused(
    document,
    ['spec', 'expiresAt'],
    'the waiver has expired before it begins.',
    "Write an 'expiresAt' after 'from'.",
  );
}

function refused(
  { place }: SloDocument<WaiverSpec>,
  path: YamlPath,
  problem: string,
  fix: string,
): Error {
  return definitionInvalid(place, path, problem, fix);
}
