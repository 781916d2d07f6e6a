import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf, UserError } from '../core/errors.ts';
import type { ReportOptions } from '../reports/report.ts';
import type { Judgement } from '../slo/judgement.ts';
import type { Store } from '../store/store.ts';

export interface WriteReportOptions extends ReportOptions {
  readonly path: string;
  readonly overwrite: boolean;
}

/** Writes a report whole or not at all. */
export async function writeReport(
  store: Store,
  judgements: readonly Judgement[],
  { path, overwrite, ...options }: WriteReportOptions,
): Promise<void> {
  if (!overwrite && existsSync(path)) {
    throw new UserError(
      'output_refused',
      `'${path}' is there already.`,
      'Name another file with --out, or overwrite it with --force.',
    );
  }
  const { buildReport } = await import('../reports/report.ts');
  const { renderByExtension, ensureExtension } = await import('../reports/files/by-extension.ts');
  ensureExtension(path);
  const text = await renderByExtension(path, await buildReport(store, judgements, options));
  const unfinished = `${path}.part`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UserError(
      'output_refused',
      `Cannot write '${path}': ${messageOf(error)}`,
      'Check that its folder is there and can be written to.',
      { cause: error },
    );
  }
}
