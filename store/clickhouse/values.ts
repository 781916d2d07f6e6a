import type { Value } from '../values.ts';

/** How ClickHouse writes results out: whole numbers and decimals as text, so that no digit is lost. */
export const FORMAT_SETTINGS: Readonly<Record<string, string | number>> = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
  output_format_decimal_trailing_zeros: 1,
};

export const FORMAT = 'JSONCompactEachRowWithNamesAndTypes';

/** A value of the JSON that ClickHouse answers with, in the form that values of DuckDB have outside of the store. */
export function fromClickHouse(type: string): (value: unknown) => Value {
  const bare = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];
  if (bare !== undefined) return fromClickHouse(bare);
  const item = /^Array\((.*)\)$/.exec(type)?.[1];
  if (item !== undefined) {
    const each = fromClickHouse(item);
    return orNull((value) => (value as unknown[]).map(each));
  }
  if (type === 'Bool') return orNull(Boolean);
  if (/^U?Int\d+$/.test(type)) return orNull(wholeNumber);
  if (/^Float/.test(type)) return orNull(Number);
  if (/^DateTime/.test(type)) return orNull((value) => instant(String(value)));
  return orNull(String);
}

function orNull(convert: (value: unknown) => Value): (value: unknown) => Value {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

function wholeNumber(value: unknown): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(String(value));
}

/** '2026-11-21 10:00:00.120000' as ISO-8601; a fraction of zero is left out. */
function instant(text: string): string {
  const [day = '', time = ''] = text.split(' ');
  const [whole = '', fraction = ''] = time.split('.');
  const micros = fraction.padEnd(6, '0');
  return `${day}T${whole}${/^0*$/.test(micros) ? '' : `.${micros}`}Z`;
}

/** What DuckDB would call a type. */
export function typeInDuckDb(type: string): string {
  const bare = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];
  if (bare !== undefined) return typeInDuckDb(bare);
  const item = /^Array\((.*)\)$/.exec(type)?.[1];
  if (item !== undefined) return `${typeInDuckDb(item)}[]`;
  if (/^DateTime64/.test(type)) return 'TIMESTAMP WITH TIME ZONE';
  if (/^Decimal/.test(type)) return type.toUpperCase().replaceAll(' ', '');
  return NAMES[type] ?? type.toUpperCase();
}

const NAMES: Readonly<Record<string, string>> = {
  String: 'VARCHAR',
  Bool: 'BOOLEAN',
  UInt8: 'UTINYINT',
  UInt16: 'USMALLINT',
  UInt32: 'UINTEGER',
  UInt64: 'UBIGINT',
  Int8: 'TINYINT',
  Int16: 'SMALLINT',
  Int32: 'INTEGER',
  Int64: 'BIGINT',
  Float64: 'DOUBLE',
};
