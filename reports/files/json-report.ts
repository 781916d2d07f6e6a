import { basisOf } from '../basis.ts';
import { contentHash } from '../content-hash.ts';
import { findingsOf } from '../findings.ts';
import { SCHEMA_VERSION, safeJson } from '../formats/json.ts';
import type { ReportInput } from '../report-input.ts';

/** The report for machines: every row of every answer, and the verdicts as the judge gave them. */
export function renderJson(input: ReportInput): string {
  const { doubts, facts } = basisOf(input);
  const rows = Object.entries(input.answers).map(([name, listing]) => [name, listing.rows]);
  const report = {
    schemaVersion: SCHEMA_VERSION,
    kind: input.kind,
    window: input.window,
    generatedAt: input.generatedAt,
    toolVersion: input.toolVersion,
    contentHash: contentHash(input),
    coverage: { doubts, facts: Object.fromEntries(facts) },
    findings: findingsOf(input),
    judgements: input.judgements,
    answers: Object.fromEntries(rows),
  };
  return `${safeJson(report, 1)}\n`;
}
