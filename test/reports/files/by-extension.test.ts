import { expect, test } from 'vitest';
import { contentHash } from '../../../reports/content-hash.ts';
import { renderByExtension } from '../../../reports/files/by-extension.ts';
import type { Judgement } from '../../../reports/judgement.ts';
import { fleetReport } from '../fleet.ts';
import { HOSTILE } from '../hostile.ts';
import { elementsOf } from '../html/elements.ts';

test.each(['.html', '.md', '.json', '.xml', '.sarif', '.prom'])(
  '%s is the same from the same input',
  async (extension) => {
    const path = `out/report${extension}`;

    expect(await renderByExtension(path, fleetReport())).toBe(
      await renderByExtension(path, fleetReport()),
    );
  },
);

test('another extension is refused with those there are', async () => {
  await expect(renderByExtension('report.pdf', fleetReport())).rejects.toMatchObject({
    code: 'usage_invalid',
    message: "A report cannot be written as 'report.pdf'.",
    fix: "End the file's name in one of: .html, .md, .json, .xml, .sarif, .prom.",
  });
});

test('json holds every row, every verdict, and the hash that the page shows', async () => {
  const input = fleetReport();
  const report = JSON.parse(await renderByExtension('r.JSON', input)) as Record<string, unknown>;
  const answers = report['answers'] as Record<string, unknown[]>;

  expect(report).toMatchObject({
    schemaVersion: 1,
    kind: 'all',
    window: input.window,
    contentHash: contentHash(input),
    judgements: input.judgements,
  });
  expect(Object.keys(answers)).toEqual(Object.keys(input.answers));
  expect(answers['sre/hours_by_source']).toHaveLength(
    input.answers['sre/hours_by_source']?.rows.length ?? 0,
  );
  expect(await renderByExtension('r.html', input)).toContain(contentHash(input));
});

test('the content hash is of the content, not of the clock or the version', () => {
  const input = fleetReport();
  const later = { ...input, generatedAt: '2027-01-01T00:00:00Z', toolVersion: '9.9.9' };
  const [first, ...others] = input.judgements;
  const changed = { ...input, judgements: [{ ...first, state: 'met' } as Judgement, ...others] };

  expect(contentHash(later)).toBe(contentHash(input));
  expect(contentHash({ ...input, judgements: others })).not.toBe(contentHash(input));
  expect(contentHash({ ...changed, window: { ...input.window, to: '2026-11-20' } })).not.toBe(
    contentHash(input),
  );
});

test('junit: breached fails, unverified is an error, met and at risk pass', async () => {
  const xml = await renderByExtension('r.xml', fleetReport('slo'));
  const cases = elementsOf(xml.replace(/^<\?xml[^>]*>\n/, ''));
  const outcomes = cases
    .filter(({ name }) => ['failure', 'error', 'system-out'].includes(name))
    .map(({ name }) => name);

  expect(outcomes).toEqual(['system-out', 'failure', 'system-out', 'failure', 'error', 'failure']);
  expect(xml).toContain('<testsuites name="mcp-witness" tests="6" failures="3" errors="1">');
  expect(xml).toContain('<error type="not_provable" message="None was seen, but 1 of 3');
});

test('junit without a verdict is refused: no test is no success', async () => {
  await expect(
    renderByExtension('r.xml', { ...fleetReport('slo'), judgements: [] }),
  ).rejects.toMatchObject({
    code: 'usage_invalid',
    message: 'A JUnit report holds verdicts, and no target was judged.',
  });
});

test.each(Object.entries(HOSTILE))('junit: %s stays inside its attribute', async (_, text) => {
  const input = fleetReport('slo');
  const judgements = input.judgements.map((each) => ({ ...each, displayName: text, reason: text }));
  const xml = await renderByExtension('r.xml', { ...input, judgements });
  const names = new Set(elementsOf(xml.replace(/^<\?xml[^>]*>\n/, '')).map(({ name }) => name));

  expect([...names]).toEqual([
    'testsuites',
    'testsuite',
    'testcase',
    'system-out',
    'failure',
    'error',
  ]);
  expect(xml.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('markdown: hostile names break no table and make no HTML', async () => {
  const rows = Object.values(HOSTILE).map((text) => ({
    meter: text,
    model: text,
    items: 1,
    quantity: '1',
  }));
  const markdown = await renderByExtension(
    'r.md',
    fleetReport('cost', { 'finops/unpriced': rows }),
  );
  const [, table = ''] = markdown.split('## What was used and has no price');
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  const cells = lines.map((line) => line.split(/(?<!\\)\|/).length);

  expect(lines.length).toBe(rows.length + 2);
  expect(new Set(cells).size).toBe(1);
  expect(markdown).not.toMatch(/<(?!\/?(?:b)>)[a-z]/i);
});

test('markdown: an answer too long to read says how to get all of it', async () => {
  const markdown = await renderByExtension('r.md', fleetReport());

  expect(markdown).toMatch(
    /The first 25 of [\d,]+ rows; all of them: `mcp-witness query sre\/hours_by_source`\./,
  );
});
