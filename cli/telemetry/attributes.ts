import type { Attributes } from '@opentelemetry/api';
import type { AttributeValues } from '../../core/own-telemetry.ts';
import { ATTRIBUTES, type AttributeName } from '../../core/telemetry-names.ts';

/** Of the values those that are declared, under their published names. */
export function attributesOf(
  declared: readonly AttributeName[],
  values: AttributeValues,
): Attributes {
  const known = declared.flatMap((key) => {
    const value = values[key];
    return value === undefined ? [] : [[ATTRIBUTES[key], value] as const];
  });
  return Object.fromEntries(known);
}
