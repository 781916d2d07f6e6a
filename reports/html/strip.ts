import { basisOf } from '../basis.ts';
import { contentHash } from '../content-hash.ts';
import { timeText } from '../reading.ts';
import type { ReportInput } from '../report-input.ts';
import { html, type Markup } from './markup.ts';

/** A longer fact takes the whole width. */
const WIDE_FACT = 110;

/** What the numbers rest on, first of all; doubts before facts. */
export function coverageStrip(input: ReportInput): Markup {
  const { doubts, facts } = basisOf(input);
  const lines = [
    ...facts,
    ['Written', `${timeText(input.generatedAt)} UTC by mcp-witness ${input.toolVersion}`],
    ['Content hash', contentHash(input)],
  ] as const;
  const verdict =
    doubts.length === 0
      ? 'Every record is accounted for, and nothing is known to be missing.'
      : 'Read the numbers with this in mind:';
  return html`<section class="strip${doubts.length === 0 ? '' : ' warn'}" id="strip" aria-labelledby="strip-title">
<h2 id="strip-title">What the numbers rest on</h2>
<p class="note">${verdict}</p>${doubts.length === 0 ? '' : html`<ul>${doubts.map((doubt) => html`<li>${doubt}</li>`)}</ul>`}
<dl>${lines.map(([name, fact]) => html`<div${fact.length > WIDE_FACT ? html` class="wide"` : ''}><dt>${name}</dt><dd>${fact}</dd></div>\n`)}</dl>
</section>\n`;
}
