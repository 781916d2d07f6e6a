import { bars } from '../charts/bars.ts';
import { contractCoverage } from '../charts/contract-coverage.ts';
import { hoursBySource, type SourceHour } from '../charts/hours-by-source.ts';
import { CONTRACT_FIELDS } from '../contract-fields.ts';
import { byRemedy, withRemedies } from '../holes.ts';
import { grouped, percent } from '../reading.ts';
import { answer, type ReportInput, rowsOf } from '../report-input.ts';
import { chart, tableFigure } from './figure.ts';
import { html, type Markup } from './markup.ts';

/** For everyone: whether the evidence can carry the numbers. */
export async function coveragePart(input: ReportInput): Promise<Markup> {
  return html`<section class="part" id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage: can the numbers be trusted</h2>
<p class="lead">Which of the twelve contract fields each source brings, how the two sides of a call were joined, when each source was heard, and what became of every record received.</p>
${await contract(input)}
${holes(input)}
${await rungs(input)}
${await hours(input)}
${sampling(input)}
${tableFigure({
  title: 'Loss accounting',
  note: 'received = stored + duplicate + rejected + excluded, over all runs; unaccounted is anything else.',
  listing: answer(input, 'sre/loss_accounting'),
  caption: 'What became of every record',
  query: 'sre/loss_accounting',
  columns: [
    'source',
    'source_table',
    'received',
    'stored',
    'duplicate',
    'rejected',
    'excluded',
    'unaccounted',
    'sampled',
    'truncated',
    'last_at',
  ],
})}
</section>\n`;
}

interface ContractRow {
  readonly source_table: string;
  readonly layer: string;
  readonly kind: string;
  readonly field: string;
  readonly state: string;
  readonly present_ratio: number | null;
  readonly records: number;
}

async function contract(input: ReportInput): Promise<Markup> {
  const rows = rowsOf<ContractRow>(input, 'sre/coverage_by_source_and_field').toSorted(
    (a, b) => b.records - a.records,
  );
  const cells = CONTRACT_FIELDS.flatMap((field) =>
    rows
      .filter((row) => row.field === field)
      .map((row) => ({
        field,
        source: sourceName(row, rows),
        present_ratio: row.present_ratio,
        absent: row.state === 'no_data' ? '–' : '·',
      })),
  );
  return chart((frame) => contractCoverage(cells, frame), {
    title: 'Contract fields by source',
    note: 'Percent of each source’s evidence of calls that has the field. A source need not bring them all: a call takes each field from the side that has it. “·”: the source cannot hold it. “–”: no record of a call came from it, which is not 0 %. Largest sources first; a narrow screen shows eight.',
    listing: answer(input, 'sre/coverage_by_source_and_field'),
    caption: 'Contract fields by source',
    query: 'sre/coverage_by_source_and_field',
  });
}

/** The table; with the layer of its records where both sides write it. */
function sourceName({ source_table, layer }: ContractRow, all: readonly ContractRow[]): string {
  const layers = new Set(
    all.filter((row) => row.source_table === source_table).map((row) => row.layer),
  );
  return layers.size > 1 ? `${source_table} (${layer})` : source_table;
}

function holes(input: ReportInput): Markup {
  return tableFigure({
    title: 'Holes, and what fills them',
    note: html`Contract fields that calls lack on both sides, most calls first, with what each side can do about it. <code>mcp-witness coverage --fix</code> prints every policy, setting and server snippet named here; docs/coverage.md says how to read them. None of them reads a body.`,
    listing: byRemedy(withRemedies(answer(input, 'sre/coverage_holes'))),
    caption: 'Holes by field and side',
    query: 'sre/coverage_holes',
  });
}

interface RungRow {
  readonly match_rung: string;
  readonly calls: number;
  readonly calls_ratio: number | null;
}

function rungs(input: ReportInput): Promise<Markup> {
  const rows = rowsOf<RungRow>(input, 'sre/matches_by_rung').map((row) => ({
    label: row.match_rung,
    value: row.calls,
    text: `${grouped(row.calls)} · ${percent(row.calls_ratio)}`,
    isResidual: row.match_rung.endsWith('_only'),
  }));
  return chart((frame) => bars(rows, frame), {
    title: 'How calls were matched',
    note: 'The rung of the ladder that joined gateway and server evidence; grey was seen by one side alone.',
    listing: answer(input, 'sre/matches_by_rung'),
    caption: 'Calls by rung',
    query: 'sre/matches_by_rung',
  });
}

function sampling(input: ReportInput): Markup {
  return tableFigure({
    title: 'Sampling and truncation',
    note: 'A sampled record stands for several: sums are estimates, and no zero is proven.',
    listing: answer(input, 'sre/sampling_by_source'),
    caption: 'Sampling by source',
    query: 'sre/sampling_by_source',
  });
}

function hours(input: ReportInput): Promise<Markup> {
  const coverage = rowsOf<{ readonly source_table: string; readonly layer: string }>(
    input,
    'sre/coverage_by_source',
  );
  // Settings are read now and then; between two readings nothing is missing.
  const streams = new Set(
    coverage.filter(({ layer }) => layer !== 'config').map((row) => row['source_table']),
  );
  const rows = rowsOf<SourceHour>(input, 'sre/hours_by_source').filter(({ source }) =>
    streams.has(source),
  );
  return chart((frame) => hoursBySource(rows, input.window, frame), {
    title: 'When each source was heard',
    note: 'A bar where records came in, a thin red line through hours without any.',
    listing: answer(input, 'sre/hours_by_source'),
    caption: 'Records by source and hour',
    query: 'sre/hours_by_source',
  });
}
