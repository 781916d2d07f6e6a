import type { Listing } from '../../reports/listing.ts';
import { answersFor } from '../../reports/report.ts';
import type { ReportInput, ReportKind } from '../../reports/report-input.ts';
import { readSqlFile } from '../../store/sql-file.ts';
import type { Row, Value } from '../../store/values.ts';
import { costAnswers } from './fleet-cost.ts';
import { judgements } from './fleet-judgements.ts';
import { securityAnswers } from './fleet-security.ts';
import { serviceAnswers } from './fleet-service.ts';

/** Rows of a query as a test writes them: what is not said is null. */
export type Rows = readonly Readonly<Record<string, Value>>[];

export const WINDOW = { from: '2026-10-22T00:00:00Z', to: '2026-11-21T00:00:00Z' };

/** A month of a small fleet with a latency breach, bypasses, an unowned agent and unpriced use. */
export function fleetReport(
  kind: ReportKind = 'all',
  overrides: Readonly<Record<string, Rows>> = {},
): ReportInput {
  const rows: Readonly<Record<string, Rows>> = {
    ...serviceAnswers(),
    ...securityAnswers(),
    ...costAnswers(),
    ...overrides,
  };
  return {
    kind,
    window: WINDOW,
    generatedAt: '2026-11-21T06:00:00Z',
    toolVersion: '0.1.0',
    answers: Object.fromEntries(
      answersFor(kind).map((name) => [name, listingOf(name, rows[name] ?? [])]),
    ),
    judgements,
  };
}

/** The rows with the columns that the query's own header declares; another column is an error. */
export function listingOf(name: string, rows: Rows): Listing {
  const { columns, header } = readSqlFile(`queries/${name}.sql`);
  const known = new Set(columns.map((column) => column.name));
  for (const row of rows) {
    const unknown = Object.keys(row).find((key) => !known.has(key));
    if (unknown !== undefined) throw new Error(`${name} has no column '${unknown}'`);
  }
  const whole = rows.map(
    (row): Row =>
      Object.fromEntries(columns.map((column) => [column.name, row[column.name] ?? null])),
  );
  return { title: header['purpose'] ?? name, columns, rows: whole, window: WINDOW };
}
