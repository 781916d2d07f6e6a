import { name, record, type Schema, shortDuration } from './shared.ts';

const text: Schema = { type: 'string', minLength: 1, maxLength: 300 };
const instant: Schema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(Z|[+-]\\d{2}:\\d{2})$',
  description: "Write an ISO time with its zone, such as '2026-11-21T10:00:00Z'.",
};

/** Planned downtime. */
export const maintenance: Schema = record(
  {
    apiVersion: { const: 'mcp-slo/v1alpha1' },
    kind: { const: 'MaintenanceWindow' },
    metadata: record({ name }, ['name']),
    spec: record(
      {
        reason: text,
        owner: text,
        ticket: text,
        declaredAt: instant,
        firstStart: instant,
        duration: shortDuration,
        rrule: {
          type: 'string',
          pattern: '^FREQ=',
          description: "Write a rule of RFC 5545, such as 'FREQ=WEEKLY;BYDAY=SU'.",
        },
        timeZone: { type: 'string', minLength: 1 },
        appliesTo: {
          type: 'array',
          minItems: 1,
          items: record({ slo: name, service: name, server_id: text }, [], { minProperties: 1 }),
        },
      },
      ['reason', 'declaredAt', 'firstStart', 'duration', 'appliesTo'],
    ),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);
