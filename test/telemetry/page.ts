import { readFileSync } from 'node:fs';
import { packagePath } from '../../core/package-root.ts';
import {
  ATTRIBUTES,
  type AttributeName,
  METRICS,
  type MetricShape,
  SPANS,
  type SpanShape,
} from '../../core/telemetry-names.ts';

/** The page that says what is exported. */
export function telemetryPage(): string {
  return readFileSync(packagePath('docs', 'telemetry.md'), 'utf8');
}

/** The rows of the page's tables, as the code has them. */
export function metricRows(): string[] {
  return Object.values<MetricShape>(METRICS).map(({ name, kind, unit, attributes, meaning }) =>
    row([code(name), kind === 'age' ? 'gauge' : kind, code(unit), listOf(attributes), meaning]),
  );
}

export function spanRows(): string[] {
  return Object.values<SpanShape>(SPANS).map(({ name, attributes, meaning }) =>
    row([code(published(name)), listOf(attributes), meaning]),
  );
}

/** A span's name with the published names of what stands in braces. */
function published(name: string): string {
  return name.replace(/\{(\w+)\}/g, (_, key: AttributeName) => `{${ATTRIBUTES[key]}}`);
}

function listOf(attributes: readonly AttributeName[]): string {
  return attributes.map((key) => code(ATTRIBUTES[key])).join(' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
