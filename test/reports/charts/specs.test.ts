import type { TopLevelSpec } from 'vega-lite';
import { describe, expect, test } from 'vitest';
import { agentTools } from '../../../reports/charts/agent-tools.ts';
import { bars } from '../../../reports/charts/bars.ts';
import { budgets } from '../../../reports/charts/budgets.ts';
import { callsByDay } from '../../../reports/charts/calls-by-day.ts';
import { contractCoverage } from '../../../reports/charts/contract-coverage.ts';
import { hoursBySource } from '../../../reports/charts/hours-by-source.ts';
import { latencyOverTime } from '../../../reports/charts/latency.ts';
import { renderSvg } from '../../../reports/charts/render.ts';
import { type Frame, HALF_PAGE, PHONE } from '../../../reports/charts/theme.ts';
import { HOSTILE } from '../hostile.ts';

const DAY_MS = 86_400_000;

const charts: Readonly<Record<string, (frame: Frame, name?: string) => TopLevelSpec>> = {
  'agent-tools': (frame, name = 'invoice-agent') =>
    agentTools(
      [
        { agent: name, tool: 'delete_invoice', calls: 3, is_destructive: true },
        { agent: name, tool: 'list_invoices', calls: 1_900, is_destructive: false },
        { agent: 'helpdesk-bot', tool: name, calls: 12, is_destructive: false },
      ],
      frame,
    ),
  bars: (frame, name = 'sales-copilot') =>
    bars(
      [
        { label: name, value: 902.1, text: '902.10 · 88 %' },
        { label: '(unattributed)', value: 121.7, text: '121.66 · 12 %', isResidual: true },
      ],
      frame,
    ),
  budgets: (frame, name = 'Read-only latency') =>
    budgets(
      [
        { name, state: 'breached', consumed_ratio: 2.31 },
        { name: 'Auth success', state: 'met', consumed_ratio: 0.041 },
        { name: 'Write latency', state: 'insufficient_data', consumed_ratio: null },
      ],
      frame,
    ),
  'calls-by-day': (frame) =>
    callsByDay(
      [
        { day: '2026-11-01', outcome: 'success', calls: 4_000 },
        { day: '2026-11-01', outcome: 'failure', calls: 31 },
        { day: '2026-11-02', outcome: 'success', calls: 3_900 },
        { day: '2026-11-02', outcome: 'unknown', calls: 0 },
      ],
      frame,
    ),
  'contract-coverage': (frame, name = 'AppTraces') =>
    contractCoverage(
      [
        { source: name, field: 'agent_id', present_ratio: 0.9999 },
        { source: name, field: 'tool_name', present_ratio: 1 },
        { source: 'AppRequests', field: 'agent_id', present_ratio: 0.0004 },
        { source: 'AppRequests', field: 'tool_name', present_ratio: null },
      ],
      frame,
    ),
  'hours-by-source': (frame, name = 'AppRequests') =>
    hoursBySource(
      [
        { source: name, hour: '2026-11-01T00:00:00Z', records: 10 },
        { source: name, hour: '2026-11-01T01:00:00Z', records: 12 },
        { source: name, hour: '2026-11-01T04:00:00Z', records: 3 },
      ],
      { from: '2026-11-01T00:00:00Z', to: '2026-11-01T06:00:00Z' },
      frame,
    ),
  latency: (frame) =>
    latencyOverTime(
      [
        { at: '2026-11-01T00:00:00Z', p50_ms: 210, p95_ms: 1_100, p99_ms: 2_000, calls: 400 },
        { at: '2026-11-02T00:00:00Z', p50_ms: 220, p95_ms: 1_200, p99_ms: 2_100, calls: 410 },
        { at: '2026-11-05T00:00:00Z', p50_ms: 230, p95_ms: 1_900, p99_ms: 2_600, calls: 390 },
      ],
      frame,
      { bucketMs: DAY_MS, thresholdMs: 1_500 },
    ),
};

describe.each(Object.entries(charts))('%s', (name, draw) => {
  test('is specified as the golden says', async () => {
    const spec = `${JSON.stringify(draw(HALF_PAGE), null, 1)}\n`;

    await expect(spec).toMatchFileSnapshot(`golden/${name}.json`);
  });

  test.each([
    ['half a page', HALF_PAGE],
    ['a phone', PHONE],
  ] as const)('fits %s, and is drawn the same again', async (_, frame) => {
    const svg = await renderSvg(draw(frame));
    const [, width] = /^<svg viewBox="0 0 (\d+) \d+" width="100%"/.exec(svg) ?? [];

    expect(Number(width)).toBeGreaterThan(frame.width * 0.7);
    expect(Number(width)).toBeLessThanOrEqual(frame.width);
    expect(await renderSvg(draw(frame))).toBe(svg);
    // An id would have to be unique on the whole page; a reference might leave it.
    expect(svg).not.toMatch(/ id="|url\(|href=/);
  });

  test('draws hostile names as text', async () => {
    for (const text of Object.values(HOSTILE)) {
      const svg = await renderSvg(draw(PHONE, text));

      expect(svg).not.toMatch(/<(?:script|img|style|h1)|[\p{Cc}\u202e]|\p{Cs}/iu);
      expect(svg.length).toBeLessThan(60_000);
    }
  });
});

test('no line crosses a gap, and a bucket on its own is a point', () => {
  const text = JSON.stringify(charts['latency']?.(HALF_PAGE));

  expect(text).toContain('"run":"p95-0"');
  expect(text).toContain('"ms":1900,"series":"p95","run":"p95-1","isAlone":true');
});

test('neighbouring hours become one bar, silent ones another', () => {
  const spec = charts['hours-by-source']?.(HALF_PAGE) as unknown as {
    data: { values: { from: number; to: number; isSilent: boolean }[] };
  };
  const first = Date.parse('2026-11-01T00:00:00Z');
  const hours = spec.data.values.map(({ from, to, isSilent }) => [
    (from - first) / 3_600_000,
    (to - first) / 3_600_000,
    isSilent,
  ]);

  expect(hours).toEqual([
    [0, 2, false],
    [2, 4, true],
    [4, 5, false],
    [5, 6, true],
  ]);
});

test('what is nearly all is not written as all, what is nearly none not as none', () => {
  const text = JSON.stringify(charts['contract-coverage']?.(PHONE));

  expect(text).toContain('"text":"99"');
  expect(text).toContain('"text":"<1"');
});
