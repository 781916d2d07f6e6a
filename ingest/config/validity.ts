import { messageOf } from '../../core/errors.ts';
import { parseInstant } from '../../core/window.ts';
import type { YamlDocument, YamlPath } from '../../core/yaml-file.ts';
import { configInvalid } from './document.ts';

/** When a row holds: `[from, to)` as ISO-8601 UTC text; null is open. */
export interface Validity {
  readonly from: string | null;
  readonly to: string | null;
}

/** Reads `from` and `to` of the row at `path`. */
export function validityOf(
  document: YamlDocument,
  path: YamlPath,
  row: { readonly from?: string; readonly to?: string },
): Validity {
  const from = instantAt(document, [...path, 'from'], row.from);
  const to = instantAt(document, [...path, 'to'], row.to);
  if (from !== null && to !== null && to <= from) {
    throw configInvalid(
      document,
      [...path, 'to'],
      `'to' (${row.to}) is not after 'from' (${row.from}).`,
      "Write a later 'to' (the first moment at which the row no longer holds), or leave it out.",
    );
  }
  return { from, to };
}

/** Reads one time; null where there is none. */
export function instantAt(
  document: YamlDocument,
  path: YamlPath,
  text: string | undefined,
): string | null {
  if (text === undefined) return null;
  try {
    // The clock is for 'now', which the schema does not let through.
    return parseInstant(text, new Date(0)).toISOString();
  } catch (error) {
    throw configInvalid(
      document,
      path,
      `'${path.join('.')}': ${messageOf(error)}`,
      "Write a date ('2026-11-21') or an ISO time ('2026-11-21T10:00:00Z').",
    );
  }
}

/** Whether there is a moment at which both hold. */
export function overlaps(a: Validity, b: Validity): boolean {
  return (
    (a.from === null || b.to === null || a.from < b.to) &&
    (b.from === null || a.to === null || b.from < a.to)
  );
}
