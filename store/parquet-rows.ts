/** Which rows of a published table go into a file, and in which order. */
export interface ParquetRows {
  readonly table: string;
  /** The time of a row, in SQL of both engines. */
  readonly at: string;
  readonly order: string;
  /** Half-open, in microseconds since 1970; undefined: the rows without a time. */
  readonly range: { readonly fromUs: number; readonly toUs: number } | undefined;
}
