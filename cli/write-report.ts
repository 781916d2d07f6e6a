import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemReason, UserError } from '../core/errors.ts';
import { inSpan } from '../core/own-telemetry.ts';
import type { ReportOptions } from '../reports/report.ts';
import type { ReportInput } from '../reports/report-input.ts';
import type { Judgement } from '../slo/judgement.ts';
import type { Store } from '../store/store.ts';

export interface WriteReportOptions extends ReportOptions {
  readonly path: string;
}

/** Refuses a file that cannot be written, before any work is done for it. */
export async function ensureWritable(path: string, mayOverwrite: boolean): Promise<void> {
  const { ensureExtension } = await import('../reports/files/by-extension.ts');
  ensureExtension(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(
      'output_refused',
      `'${path}' is a folder.`,
      'Name a file with --out, in that folder or elsewhere.',
    );
  }
  if (existsSync(path) && !mayOverwrite) {
    throw new UserError(
      'output_refused',
      `'${path}' is there already.`,
      'Name another file with --out, or overwrite it with --force.',
    );
  }
  const folder = statSync(dirname(path), { throwIfNoEntry: false });
  if (!folder?.isDirectory()) {
    throw new UserError(
      'output_refused',
      `There is no folder '${dirname(path)}' to write '${path}' into.`,
      'Make it, or name another file with --out.',
    );
  }
}

/** Writes a report whole or not at all, and returns what it was written from. */
export function writeReport(
  store: Store,
  judgements: readonly Judgement[],
  options: WriteReportOptions,
): Promise<ReportInput> {
  const { kind: reportKind } = options;
  return inSpan('report', { reportKind }, () => writeWhole(store, judgements, options));
}

async function writeWhole(
  store: Store,
  judgements: readonly Judgement[],
  { path, ...options }: WriteReportOptions,
): Promise<ReportInput> {
  const { buildReport } = await import('../reports/report.ts');
  const { renderByExtension } = await import('../reports/files/by-extension.ts');
  const input = await buildReport(store, judgements, options);
  const text = await renderByExtension(path, input);
  const unfinished = `${path}.part`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UserError(
      'output_refused',
      `Cannot write '${path}': ${systemReason(error)}.`,
      'Make room, or let this user write there, and repeat the command.',
      { cause: error },
    );
  }
  return input;
}
