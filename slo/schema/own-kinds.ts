import { maintenance } from './maintenance.ts';
import { document, name, record, type Schema } from './shared.ts';

/** Of documents that OpenSLO has no kind for. */
export const OWN_VERSION = 'mcp-slo/v1alpha1';

const text: Schema = { type: 'string', minLength: 1, maxLength: 300 };

const waiverSpec = record(
  {
    control: name,
    subject: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } },
    finding: name,
    reason: text,
    approver: text,
    ticket: text,
    from: text,
    expiresAt: text,
  },
  ['control', 'subject', 'reason', 'approver', 'expiresAt'],
);

function own(kind: string, spec: Schema): Schema {
  const { properties, ...schema } = document(kind, spec);
  return {
    ...schema,
    properties: { ...(properties as Schema), apiVersion: { const: OWN_VERSION } },
  };
}

/** The JSON Schema of each kind of document of our own. */
export const OWN_KINDS: Readonly<Record<string, Schema>> = {
  MaintenanceWindow: maintenance,
  Waiver: own('Waiver', waiverSpec),
};
