import { UserError } from '../../core/errors.ts';
import type { Listing } from '../listing.ts';
import { formatCsv } from './csv.ts';
import { formatJson } from './json.ts';
import { formatMarkdown } from './md.ts';
import { formatNdjson } from './ndjson.ts';
import { formatTable } from './table.ts';

const FORMATS = {
  table: formatTable,
  json: formatJson,
  ndjson: formatNdjson,
  csv: formatCsv,
  md: formatMarkdown,
} as const satisfies Record<string, (listing: Listing) => string>;

export type FormatName = keyof typeof FORMATS;

/** What `--format` may name. */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** Writes a listing as text in the format of that name. */
export function formatListing(format: string, listing: Listing): string {
  if (!isFormatName(format)) throw unknownFormat(format);
  return FORMATS[format](listing);
}

function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}

function unknownFormat(name: string): UserError {
  const isBinary = name === 'parquet' || name === 'arrow';
  return new UserError(
    'usage_invalid',
    isBinary ? `${name} is not written by this command.` : `There is no format named '${name}'.`,
    isBinary
      ? `Use --format csv or ndjson, which DuckDB reads back with its types: copy (from 'rows.ndjson') to 'rows.parquet'.`
      : `Use one of: ${FORMAT_NAMES.join(', ')}.`,
  );
}
