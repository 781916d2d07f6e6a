import type { ReportInput } from '../report-input.ts';

/** What the files need that hold verdicts alone. */
export type VerdictReport = Pick<
  ReportInput,
  'kind' | 'window' | 'generatedAt' | 'toolVersion' | 'judgements'
>;
