/** What two types must have in common for their values to be comparable. */
export type Family =
  | 'integer'
  | 'float'
  | 'text'
  | 'boolean'
  | 'time'
  | 'list'
  | `decimal ${string}`;

/** The family of a type as DuckDB names it. */
export function familyInDuckDb(type: string): Family {
  if (type.endsWith('[]')) return 'list';
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) return scale === '0' ? 'integer' : `decimal ${scale}`;
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'integer';
  const family = DUCKDB[type];
  if (family) return family;
  throw new Error(`DuckDB answers with the type ${type}, which no column of ours may have`);
}

const DUCKDB: Readonly<Record<string, Family>> = {
  DOUBLE: 'float',
  VARCHAR: 'text',
  UUID: 'text',
  JSON: 'text',
  BOOLEAN: 'boolean',
  'TIMESTAMP WITH TIME ZONE': 'time',
};

/** Whether a type as ClickHouse names it holds values of that family. */
export function isOfFamily(clickHouseType: string, family: Family): boolean {
  const type = clickHouseType.replaceAll(
    /\b(Nullable|LowCardinality)\(([^()]*(\([^()]*\))?)\)/g,
    '$2',
  );
  const scale = /^Decimal\(\d+, (\d+)\)$/.exec(type)?.[1];
  if (type === 'Nothing') return true;
  if (scale !== undefined) return family === (scale === '0' ? 'integer' : `decimal ${scale}`);
  return CLICKHOUSE[family]?.test(type) ?? false;
}

/** A comparison is a UInt8 in ClickHouse. */
const CLICKHOUSE: Readonly<Record<string, RegExp>> = {
  integer: /^U?Int\d+$/,
  float: /^Float64$/,
  text: /^String$/,
  boolean: /^(Bool|UInt8)$/,
  time: /^DateTime64\(6, 'UTC'\)$/,
  list: /^Array\((String|Nothing)\)$/,
};
