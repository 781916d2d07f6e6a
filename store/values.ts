import {
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';

/**
 * What a value is outside the engine. Times are ISO-8601 text in UTC with microseconds, because a
 * Date would drop them; decimals are text, because a float would round them; a count is a number,
 * or a bigint beyond 2^53.
 */
export type Value = null | boolean | number | bigint | string | Value[] | { [key: string]: Value };

export type Row = Record<string, Value>;

/** What may be bound to a parameter. */
export type Parameter = null | boolean | number | string | readonly string[] | Uint8Array;

const MICROS_PER_SECOND = 1_000_000n;

/** ISO-8601 UTC; the fraction is left out when it is zero, else has six digits. */
export function isoFromMicros(micros: bigint): string {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const seconds = Number((micros - fraction) / MICROS_PER_SECOND);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === 0n ? `${whole}Z` : `${whole}.${fraction.toString().padStart(6, '0')}Z`;
}

/** Converts one value that the driver returned. */
export function fromDuckDb(value: DuckDBValue, type: DuckDBType): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampTZValue) return isoFromMicros(value.micros);
  if (value instanceof DuckDBListValue) {
    const item = 'valueType' in type ? (type.valueType as DuckDBType) : type;
    return value.items.map((each) => fromDuckDb(each, item));
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([key, each]) => [key, fromDuckDb(each, type)]),
    );
  }
  return type.typeId === DuckDBTypeId.VARCHAR ? String(value) : value.toString();
}

/** The driver infers a type from a value, which fails for an empty list. */
export function typeOfParameter(value: Parameter): DuckDBType | undefined {
  return Array.isArray(value) ? LIST(VARCHAR) : undefined;
}

/** A parameter as the driver takes it: bytes are a BLOB, several texts a list. */
export function toDuckDbValue(value: Parameter): DuckDBValue {
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  return typeof value === 'object' && value !== null ? listValue([...value]) : value;
}
