import type { Judgement } from '../judgement.ts';
import { isFor, type ReportInput } from '../report-input.ts';
import { TERMS } from '../terms.ts';
import { html, type Markup } from './markup.ts';

/** What each target says, and what each word means. */
export function definitionsPart(input: ReportInput): Markup {
  const targets = isFor(input, 'slo') ? input.judgements : [];
  return html`<section class="part" id="definitions" aria-labelledby="definitions-title">
<h2 id="definitions-title">Definitions</h2>
<div class="panel"><dl class="terms">${targets.map(target)}${TERMS.map(
    ([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`,
  )}</dl></div>
</section>\n`;
}

function target(judgement: Judgement): Markup {
  const { displayName, description, definitionHash, definedAt, runbook, windowText } = judgement;
  const promise =
    judgement.kind === 'objective'
      ? `At least ${judgement.targetText} good over ${windowText}.`
      : `None over ${windowText}.`;
  return html`<dt>${displayName}</dt><dd>${description} ${promise} <span class="note">Defined in <code>${definedAt}</code>, hash <code>${definitionHash.slice(0, 16)}</code>.${runbook === null ? '' : html` Runbook: <bdi>${runbook}</bdi>`}</span></dd>\n`;
}
