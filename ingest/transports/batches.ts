/** Some records of a source on their way to the engine. */
export interface TextBatch {
  /** UTF-8, one JSON value a line. */
  readonly text: Uint8Array;
  /** Number of the first line's value in its source, from 1. */
  readonly firstNo: number;
  /** How many values the text holds, blank lines included. */
  readonly count: number;
  /** To be called when the text was copied, where its bytes can be used again. */
  readonly release?: () => void;
}

/** Rows of one table on their way to the engine, which holds them already. */
export interface RowBatch {
  /** Selects `row_no`, from 0, and `cells`: text, one for each name. */
  readonly from: string;
  readonly names: readonly string[];
  readonly count: number;
  /** Size of all cells, roughly. */
  readonly bytes: number;
}

/** A part of a source that never became text: counted as one record received and rejected. */
export interface Unreadable {
  readonly reason: string;
  /** Number of the value in its source, from 1; 0 when it is the source as a whole. */
  readonly recordNo: number;
  readonly bytes: number;
}

/** What a transport yields. */
export type Delivery =
  | { readonly kind: 'batch'; readonly batch: TextBatch }
  | { readonly kind: 'unreadable'; readonly unreadable: Unreadable };

export function unreadable(reason: string, recordNo = 0, bytes = 0): Delivery {
  return { kind: 'unreadable', unreadable: { reason, recordNo, bytes } };
}

/** Values that are text already, none with a line break in it. */
export function linesBatch(lines: readonly string[], firstNo: number): Delivery {
  const text = Buffer.from(lines.join('\n'), 'utf8');
  return { kind: 'batch', batch: { text, firstNo, count: lines.length } };
}
