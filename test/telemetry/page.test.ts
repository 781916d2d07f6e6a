import { describe, expect, test } from 'vitest';
import {
  ATTRIBUTES,
  METRICS,
  type MetricShape,
  ON_EVERY_SPAN,
  SPANS,
  type SpanShape,
} from '../../core/telemetry-names.ts';
import { metricRows, spanRows, telemetryPage } from './page.ts';

/** The rows of the table under a heading. */
function rowsUnder(heading: string): string[] {
  const [, rest = ''] = telemetryPage().split(`\n## ${heading}\n`);
  const [section = ''] = rest.split('\n## ');
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .sort();
}

const metrics = Object.values<MetricShape>(METRICS);
const spans = Object.values<SpanShape>(SPANS);

describe('docs/telemetry.md', () => {
  test('has every metric as it is in the code, and no other', () => {
    expect(rowsUnder('Metrics')).toEqual(metricRows().sort());
  });

  test('has every span as it is in the code, and no other', () => {
    expect(rowsUnder('Spans')).toEqual(spanRows().sort());
  });

  test('says of every attribute what it is, and of no other', () => {
    const named = rowsUnder('Attributes').map((row) => row.split('`')[1]);

    expect(named).toEqual(Object.values(ATTRIBUTES).sort());
  });

  test('alerts on metrics that there are, by the names Prometheus gives them', () => {
    const known = metrics.map(({ name, kind, unit }) => {
      const suffix = kind === 'counter' ? '_total' : unit === 's' ? '_seconds' : '';
      return `${name.replaceAll('.', '_')}${suffix}`;
    });
    const labels = Object.values(ATTRIBUTES).map((name) => name.replaceAll('.', '_'));
    const [, alerts = ''] = telemetryPage().split('\n## Alerts\n');
    const used = [...alerts.matchAll(/\b(?:mcp_witness|messaging)_\w+/g)].map(([name]) => name);

    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !known.includes(name) && !labels.includes(name))).toEqual([]);
    const named = [...alerts.matchAll(/"((?:mcp_witness|messaging)\.[\w.]+)"/g)].map(
      ([, name]) => name,
    );
    const published: string[] = [...metrics.map(({ name }) => name), ...Object.values(ATTRIBUTES)];
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !published.includes(name ?? ''))).toEqual([]);
  });
});

test('every attribute has its use', () => {
  const used = [...metrics, ...spans].flatMap(({ attributes }) => attributes);

  expect([...new Set([...used, ...ON_EVERY_SPAN])].sort()).toEqual(Object.keys(ATTRIBUTES).sort());
});

test('names are lower case in our namespace, and no name is the namespace of another', () => {
  const names = [...metrics.map(({ name }) => name), ...Object.values(ATTRIBUTES)];

  expect(names.filter((name) => !/^[a-z_]+(\.[a-z_]+)+$/.test(name))).toEqual([]);
  expect(metrics.filter(({ name }) => !name.startsWith('mcp_witness.'))).toEqual([]);
  expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
