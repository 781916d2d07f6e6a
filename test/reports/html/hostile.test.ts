import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../reports/html/page.ts';
import type { Judgement } from '../../../reports/judgement.ts';
import type { ReportInput } from '../../../reports/report-input.ts';
import { fleetReport } from '../fleet.ts';
import { HOSTILE } from '../hostile.ts';
import { elementsOf } from './elements.ts';

/** The report with the text in every place where telemetry or a definition brings text. */
function poisoned(text: string): ReportInput {
  const input = fleetReport('all');
  const answers = Object.fromEntries(
    Object.entries(input.answers).map(([name, listing]) => {
      const texts = listing.columns.filter(({ type }) => type === 'varchar' || type === 'uuid');
      const poison = Object.fromEntries(texts.map((column) => [column.name, text]));
      return [
        name,
        { ...listing, rows: listing.rows.slice(0, 3).map((row) => ({ ...row, ...poison })) },
      ];
    }),
  );
  return {
    ...input,
    answers,
    judgements: input.judgements.map((each) => poisonedVerdict(each, text)),
  };
}

function poisonedVerdict(judgement: Judgement, text: string): Judgement {
  const texts = {
    displayName: text,
    description: text,
    reason: text,
    owner: text,
    runbook: text,
    definedAt: text,
    service: text,
  };
  if (judgement.kind === 'objective') return { ...judgement, ...texts };
  return {
    ...judgement,
    ...texts,
    doubts: [text],
    violations: judgement.violations.map((violation) => ({
      ...violation,
      subject: { agent_id: text },
      finding: text,
      explanation: text,
      waiver: text,
    })),
    waivers: [
      {
        name: text,
        reason: text,
        approver: text,
        expiresAt: text,
        state: 'in_force',
        subjects: 1,
      },
    ],
  };
}

const ALLOWED = new Set(elementsOf(await renderReport(fleetReport())).map(({ name }) => name));

describe.each(Object.entries(HOSTILE))('%s', (_, text) => {
  const page = renderReport(poisoned(text));

  test('adds no kind of element and no handler to the page', async () => {
    const elements = elementsOf(await page);
    const handlers = elements.flatMap(({ attributes }) =>
      Object.keys(attributes).filter((name) => /^(on|style$|formaction$)/i.test(name)),
    );

    expect(elements.map(({ name }) => name).filter((name) => !ALLOWED.has(name))).toEqual([]);
    expect(handlers).toEqual([]);
    expect(elements.filter(({ name }) => name === 'h1')).toHaveLength(1);
  });

  test('leaves nothing that acts without being seen', async () => {
    const acts =
      /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;
    const lines = (await page).split('\n');

    expect(lines.filter((line) => acts.test(line)).map((line) => line.slice(0, 200))).toEqual([]);
  });

  test('keeps the page small', async () => {
    expect((await page).length).toBeLessThan(1_500_000);
  });
});
