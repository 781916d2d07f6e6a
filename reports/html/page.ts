import { type Finding, findingsOf } from '../findings.ts';
import { grouped, timeText } from '../reading.ts';
import { isFor, type ReportInput } from '../report-input.ts';
import { TITLES } from '../titles.ts';
import { coveragePart } from './coverage-part.ts';
import { definitionsPart } from './definitions-part.ts';
import { finopsPart } from './finops-part.ts';
import { html, type Markup, trusted } from './markup.ts';
import { socPart } from './soc-part.ts';
import { srePart } from './sre-part.ts';
import { coverageStrip } from './strip.ts';
import { STYLES } from './styles.ts';
import { tiles } from './tiles.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The report as one HTML file that needs no network, no script and no other file. */
export async function renderReport(input: ReportInput): Promise<string> {
  const parts = await Promise.all([
    isFor(input, 'soc') ? socPart(input) : '',
    isFor(input, 'slo') ? srePart(input) : '',
    isFor(input, 'cost') ? finopsPart(input) : '',
    coveragePart(input),
    definitionsPart(input),
  ]);
  const title = TITLES[input.kind];
  return html`${trusted('<!DOCTYPE html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="mcp-witness ${input.toolVersion}">
<title>${title}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
<header class="top">
<p class="kicker">mcp-witness</p>
<h1>${title}</h1>
<p class="window">${timeText(input.window.from)} to ${timeText(input.window.to)} UTC</p>
</header>
<main>
${coverageStrip(input)}
${tiles(input)}
${findings(input)}
${contents(input)}
${parts}
</main>
<footer>Written by mcp-witness ${input.toolVersion} at ${timeText(input.generatedAt)} UTC. The same data and clock give this file byte for byte.</footer>
</body>
</html>
`.text;
}

const FIRST_FINDINGS = 9;

function findings(input: ReportInput): Markup {
  const all = findingsOf(input);
  const rest = all.slice(FIRST_FINDINGS);
  const list = (some: readonly Finding[]) =>
    html`<ul class="findings">${some.map(
      ({ tone, text, anchor }) =>
        html`<li class="${tone}">${text} <a href="#${anchor}" aria-label="Figures: ${text}">figures</a></li>\n`,
    )}</ul>`;
  return html`<section class="panel" id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">What stands out</h2>
${list(all.slice(0, FIRST_FINDINGS))}${rest.length === 0 ? '' : html`<details><summary>${grouped(rest.length)} more</summary>${list(rest)}</details>`}
</section>\n`;
}

function contents(input: ReportInput): Markup {
  const parts = [
    ...(isFor(input, 'soc') ? [['soc', 'Security']] : []),
    ...(isFor(input, 'slo') ? [['sre', 'Reliability']] : []),
    ...(isFor(input, 'cost') ? [['finops', 'Cost']] : []),
    ['coverage', 'Coverage'],
    ['definitions', 'Definitions'],
  ] as const;
  return html`<nav aria-label="Parts of the report"><ul>${parts.map(
    ([anchor, name]) => html`<li><a href="#${anchor}">${name}</a></li>`,
  )}</ul></nav>\n`;
}
