import { readFileSync } from 'node:fs';
import { packagePath } from '../../core/package-root.ts';

export type SchemaName = 'config' | 'inventory' | 'prices';

const schemas = new Map<SchemaName, Readonly<Record<string, unknown>>>();

/** The JSON Schema of a file that users write, the same one their editors use. */
export function schemaOf(name: SchemaName): Readonly<Record<string, unknown>> {
  const known = schemas.get(name);
  if (known) return known;
  const text = readFileSync(packagePath('examples', 'schemas', `${name}.schema.json`), 'utf8');
  const schema = JSON.parse(text) as Readonly<Record<string, unknown>>;
  schemas.set(name, schema);
  return schema;
}
