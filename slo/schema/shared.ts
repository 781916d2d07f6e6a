/** JSON Schema as plain data. */
export type Schema = Readonly<Record<string, unknown>>;

export const name: Schema = {
  type: 'string',
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  maxLength: 63,
  description: "Write lower-case letters, digits and '-', at most 63 of them.",
};

export const duration: Schema = {
  type: 'string',
  pattern: '^[1-9][0-9]*[mhdwMQY]$',
  description: "Write a whole number and one of m, h, d, w, M, Q, Y, such as '30d' or '5m'.",
};

export const shortDuration: Schema = {
  type: 'string',
  pattern: '^[1-9][0-9]*[smhdw]$',
  description: "Write a whole number and one of s, m, h, d, w, such as '5m'.",
};

export const field: Schema = {
  type: 'string',
  pattern: '^[a-z_][a-z0-9_]*$',
  maxLength: 63,
  description: 'Write the name of a column: lower-case letters, digits and _.',
};

export const fields: Schema = { type: 'array', minItems: 1, items: field };

export const description: Schema = { type: 'string', maxLength: 1050 };

export const countText: Schema = {
  type: 'string',
  pattern: '^[1-9][0-9]*$',
  description: 'Write a whole number in quotes; annotation values are text in OpenSLO.',
};

export const shareText: Schema = {
  type: 'string',
  pattern: '^(0(\\.[0-9]{1,9})?|1(\\.0+)?)$',
  description: "Write a share from 0 to 1 in quotes, such as '0.9'.",
};

/** An object that refuses what it does not know. */
export function record(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  more: Schema = {},
): Schema {
  return { type: 'object', additionalProperties: false, properties, required, ...more };
}

/** `metadata`; annotations under our prefix are checked, those of others are let be. */
export function metadata(annotations: Readonly<Record<string, Schema>> = {}): Schema {
  const labelValue = { type: ['string', 'array'], items: { type: 'string' } };
  return record(
    {
      name,
      displayName: { type: 'string', maxLength: 63 },
      labels: { type: 'object', additionalProperties: labelValue },
      annotations: {
        type: 'object',
        properties: annotations,
        patternProperties: { '^(?!slo\\.mcp/)': { type: 'string' } },
        additionalProperties: false,
      },
    },
    ['name'],
  );
}

/** One OpenSLO document of a kind. */
export function document(
  kind: string,
  spec: Schema,
  annotations: Readonly<Record<string, Schema>> = {},
  required: readonly string[] = ['apiVersion', 'kind', 'metadata', 'spec'],
): Schema {
  return record(
    {
      apiVersion: { const: 'openslo/v1' },
      kind: { const: kind },
      metadata: metadata(annotations),
      spec,
    },
    required,
  );
}
