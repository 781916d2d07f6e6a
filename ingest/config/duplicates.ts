import type { YamlDocument, YamlPath } from '../../core/yaml-file.ts';
import { configInvalid } from './document.ts';
import { overlaps, type Validity } from './validity.ts';

/** A row of some file, by what must be unique about it while it holds. */
export interface KeyedRow {
  readonly key: string;
  /** What errors call it: "the server 'weather-mcp'". */
  readonly label: string;
  readonly validity: Validity;
  readonly document: YamlDocument;
  readonly path: YamlPath;
}

/** Two rows of one key may follow one another in time, but never hold at once. */
export function refuseDuplicates(rows: readonly KeyedRow[]): void {
  const byKey = new Map<string, KeyedRow[]>();
  for (const row of rows) {
    const earlier = byKey.get(row.key) ?? [];
    const other = earlier.find((each) => overlaps(each.validity, row.validity));
    if (other) {
      throw configInvalid(
        row.document,
        row.path,
        `${row.label} is already given at ${other.document.file}:${other.document.lineOf(other.path)}.`,
        "Remove one of the two, or give them 'from' and 'to' that do not overlap.",
      );
    }
    earlier.push(row);
    byKey.set(row.key, earlier);
  }
}
