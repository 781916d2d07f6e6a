import { extname } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { renderReport } from '../html/page.ts';
import type { ReportInput } from '../report-input.ts';
import { renderJson } from './json-report.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOpenMetrics } from './openmetrics.ts';
import { renderSarif } from './sarif.ts';

type Render = (input: ReportInput) => string | Promise<string>;

const RENDER: Readonly<Record<string, Render>> = {
  '.html': renderReport,
  '.md': renderMarkdown,
  '.json': renderJson,
  '.xml': renderJunit,
  '.sarif': renderSarif,
  '.prom': renderOpenMetrics,
};

/** What a report may be written as, by the extension of its file. */
export const REPORT_EXTENSIONS = Object.keys(RENDER);

/** Refuses a file name that says no format, before any work is done for it. */
export function ensureExtension(path: string): void {
  rendererOf(path);
}

/** Writes a report as what the file's extension says. */
export async function renderByExtension(path: string, input: ReportInput): Promise<string> {
  return rendererOf(path)(input);
}

function rendererOf(path: string): Render {
  const extension = extname(path).toLowerCase();
  const render = Object.hasOwn(RENDER, extension) ? RENDER[extension] : undefined;
  if (render) return render;
  throw new UserError(
    'usage_invalid',
    `A report cannot be written as '${path}'.`,
    `End the file's name in one of: ${REPORT_EXTENSIONS.join(', ')}.`,
  );
}
