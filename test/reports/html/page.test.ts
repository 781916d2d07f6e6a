import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../reports/files/markdown.ts';
import { renderReport } from '../../../reports/html/page.ts';
import { REPORT_KINDS } from '../../../reports/report-input.ts';
import { fleetReport } from '../fleet.ts';
import { elementsOf } from './elements.ts';

describe.each(REPORT_KINDS)('the %s report', (kind) => {
  test('is well formed and needs nothing but itself', async () => {
    const elements = elementsOf(await renderReport(fleetReport(kind)));
    const references = elements.flatMap(({ attributes }) =>
      ['href', 'src', 'xlink:href', 'action', 'srcset', 'data'].flatMap(
        (name) => attributes[name] ?? [],
      ),
    );

    expect(
      elements.filter(({ name }) => ['script', 'link', 'img', 'iframe'].includes(name)),
    ).toEqual([]);
    expect(references.filter((reference) => !reference.startsWith('#'))).toEqual([]);
  });

  test('links only to parts of itself', async () => {
    const elements = elementsOf(await renderReport(fleetReport(kind)));
    const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
    const targets = elements.flatMap(({ attributes }) => attributes['href']?.slice(1) ?? []);

    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('is the same, byte for byte, from the same input', async () => {
    expect(await renderReport(fleetReport(kind))).toBe(await renderReport(fleetReport(kind)));
  });
});

test('the policy forbids everything but inline style and embedded images', async () => {
  const policy = elementsOf(await renderReport(fleetReport())).find(
    ({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy',
  );

  expect(policy?.attributes['content']).toBe(
    'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:',
  );
});

test('the page is at most two megabytes', async () => {
  expect(Buffer.byteLength(await renderReport(fleetReport()))).toBeLessThan(2_000_000);
});

test('every drawing has its table behind it', async () => {
  const elements = elementsOf(await renderReport(fleetReport()));
  const drawings = elements.filter(({ attributes }) => attributes['class'] === 'chart wide');
  const labels = drawings.map(({ attributes }) => attributes['aria-label']);

  expect(drawings).toHaveLength(12);
  expect(labels.filter((label) => !label?.endsWith('; the table below has its figures'))).toEqual(
    [],
  );
  expect(elements.filter(({ name }) => name === 'details').length).toBeGreaterThanOrEqual(12);
});

test('tables have captions and headings of columns, regions have names', async () => {
  const elements = elementsOf(await renderReport(fleetReport()));
  const count = (wanted: string) => elements.filter(({ name }) => name === wanted).length;
  const regions = elements.filter(({ attributes }) => attributes['role'] === 'region');

  expect(count('caption')).toBe(count('table'));
  expect(
    elements.filter((each) => each.name === 'th' && each.attributes['scope'] !== 'col'),
  ).toEqual([]);
  expect(regions.filter(({ attributes }) => !attributes['aria-label'])).toEqual([]);
});

test('an answer longer than a page says how to get all of it', async () => {
  const hours = Array.from({ length: 300 }, (_, index) => ({
    source: 'AppRequests',
    hour: new Date(Date.UTC(2026, 9, 22, index)).toISOString(),
    records: 1,
    represented: 1,
    silent_hours_before: 0,
  }));
  const page = await renderReport(fleetReport('all', { 'sre/hours_by_source': hours }));

  expect(page).toContain(
    'The first 200 of 300 rows; all of them: <code>mcp-witness query sre/hours_by_source</code>',
  );
});

const sentences = {
  'the window in UTC': '2026-10-22 00:00:00 to 2026-11-21 00:00:00',
  'how far the data reaches': '2026-11-20 23:58:02.771',
  'the loss accounting':
    '428,010 = 413,667 stored + 5,880 duplicate + 63 rejected + 8,400 excluded',
  'how calls were matched':
    '92.8 % seen by gateway and server; 7,189 by the gateway alone, 312 by the server alone',
  'what was sampled': '1,204 calls standing for more than one',
  'what is missing': '41,877 of 103,912 calls lack at least one of the twelve',
  'a silent source': 'OTelSpans was silent for 27 hours on end.',
  'a reconciliation':
    '<b>79,720 in scope</b> = 73,010 good + 4,817 bad + 911 excluded as <bdi>refused</bdi> + 982 unmeasurable as <bdi>no-latency</bdi>.',
  'an overspent budget as it is': '-926 of 3,891 events',
  'a percentile beside its limit': 'p95 (limit 1,500 ms)</dt><dd>1,874 ms',
  'the four numbers of a control':
    '<b>626 in the population</b> = 619 classified + 7 unobservable.',
  'a tiny share as more than none': '&#60; 0.0001 %',
} as const;

test.each(Object.entries(sentences))('it says %s', async (_, sentence) => {
  expect(await renderReport(fleetReport())).toContain(sentence);
});

test('an empty database gives a report that says so, and no verdict of its own', async () => {
  const [busy] = fleetReport().answers['sre/summary']?.rows ?? [];
  const summary = Object.fromEntries(
    Object.entries(busy ?? {}).map(([name, value]) => [
      name,
      typeof value === 'number' && !name.endsWith('_ratio') ? 0 : null,
    ]),
  );
  const input = fleetReport('all');
  const answers = Object.fromEntries(
    Object.entries(input.answers).map(([name, listing]) => [name, { ...listing, rows: [] }]),
  );
  const whole = fleetReport('all', { 'sre/summary': [summary] });
  const page = await renderReport({
    ...input,
    judgements: [],
    answers: {
      ...answers,
      'sre/summary': whole.answers['sre/summary'] ?? { columns: [], rows: [] },
    },
  });

  expect(page).toContain('No tool call was seen in the window.');
  expect(page).toContain('Nothing can be said: no tool call was seen.');
  expect(page.replaceAll(/ title="[^"]*"/g, '')).not.toMatch(/NaN|undefined|null/);
  elementsOf(page);
});

test('what is blind, and what had been judged before, is said on the page and in Markdown', async () => {
  const input = fleetReport('slo');
  const blindness = {
    state: 'no_telemetry' as const,
    source: 'tool_calls',
    since: '2026-11-20T22:00:00Z',
    blinds: ['auth-success', 'write-latency'],
  };
  const revision = { state: 'met', judgedAt: '2026-11-20T00:00:00Z', good: 99, bad: 1 };
  const [first, ...others] = input.judgements.map((each) => ({ ...each, blindness }));
  const judgements = [{ ...first, revision }, ...others] as typeof input.judgements;
  const page = await renderReport({ ...input, judgements });
  const blind =
    'No telemetry of tool_calls since 2026-11-20T22:00:00Z. Blind: auth-success, write-latency.';

  expect(page.split(blind)).toHaveLength(2);
  expect(page).toContain('revised: met was judged at 2026-11-20T00:00:00Z, with 99 good and 1 bad');
  expect(renderMarkdown({ ...input, judgements })).toContain('Blind: auth-success, write-latency.');
});
