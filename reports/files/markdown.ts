import { basisOf } from '../basis.ts';
import { contentHash } from '../content-hash.ts';
import { findingsOf } from '../findings.ts';
import { formatMarkdown, markdownText } from '../formats/md.ts';
import type { Judgement } from '../judgement.ts';
import type { Listing } from '../listing.ts';
import { grouped, timeText } from '../reading.ts';
import { isFor, type ReportInput } from '../report-input.ts';
import { TERMS } from '../terms.ts';
import { TITLES } from '../titles.ts';

/** A comment on a pull request is for reading; a longer answer says how to get all of it. */
const MOST_ROWS = 25;

/** The report without its drawings, for a pull request or a wiki. */
export function renderMarkdown(input: ReportInput): string {
  const { doubts, facts } = basisOf(input);
  const written = `Written ${timeText(input.generatedAt)} UTC by mcp-witness ${input.toolVersion}, content hash \`${contentHash(input)}\`.`;
  return [
    `# ${TITLES[input.kind]}\n`,
    '## What the numbers rest on\n',
    bullets([
      ...doubts.map((doubt) => `**Mind:** ${markdownText(doubt)}`),
      ...facts.map(([name, fact]) => `${name}: ${markdownText(fact)}`),
      written,
    ]),
    '## What stands out\n',
    bullets(findingsOf(input).map(({ text }) => markdownText(text))),
    ...(isFor(input, 'slo') ? [formatMarkdown(verdicts(input.judgements))] : []),
    ...Object.entries(input.answers).map(([name, listing]) => answerTable(name, listing)),
    '## Definitions\n',
    bullets(TERMS.map(([term, meaning]) => `**${markdownText(term)}**: ${markdownText(meaning)}`)),
  ].join('\n');
}

function bullets(lines: readonly string[]): string {
  return `${lines.map((line) => `- ${line}\n`).join('')}`;
}

function answerTable(name: string, listing: Listing): string {
  const shown = formatMarkdown({ ...listing, rows: listing.rows.slice(0, MOST_ROWS) });
  const total = listing.rows.length;
  if (total <= MOST_ROWS) return shown;
  return `${shown}\nThe first ${MOST_ROWS} of ${grouped(total)} rows; all of them: \`mcp-witness query ${name}\`.\n`;
}

function verdicts(judgements: readonly Judgement[]): Listing {
  return {
    title: 'Verdicts',
    columns: ['target', 'state', 'reason', 'window', 'numbers'].map((name) => ({
      name,
      type: 'varchar',
    })),
    rows: judgements.map((judgement) => ({
      target: judgement.displayName,
      state: judgement.state,
      reason: judgement.reason,
      window: judgement.windowText,
      numbers: numbersOf(judgement),
    })),
  };
}

function numbersOf(judgement: Judgement): string {
  if (judgement.kind === 'control') {
    const { population, classified, violating, unobservable, waived = 0 } = judgement;
    const agreed = waived === 0 ? '' : `, waived ${waived}`;
    return `population ${population}, classified ${classified}, violating ${violating}${agreed}, unobservable ${unobservable}`;
  }
  const { inScope, good, bad, excluded, unmeasurable } = judgement;
  const apart = [...excluded, ...unmeasurable].map(({ id, rows }) => ` + ${rows} ${id}`);
  return `${inScope.rows} in scope = ${good.rows} good + ${bad.rows} bad${apart.join('')}`;
}
