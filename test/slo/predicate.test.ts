import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Binder } from '../../slo/binder.ts';
import { describe as describeSource } from '../../slo/columns.ts';
import type { Predicate } from '../../slo/definition.ts';
import { compile } from '../../slo/predicate.ts';
import { findSource } from '../../slo/sources.ts';
import { Store } from '../../store/store.ts';
import { ago, insertCalls, insertInventory } from './rows.ts';

let store: Store;

beforeAll(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await insertCalls(store, [
    // Everything that a predicate of this test names is there.
    {
      caller_identity: 'full',
      agent_id: 'agent-1',
      http_status: 200,
      executed: true,
      latency_ms: 1.5,
      approval_decided_at: ago(10),
      execution_started_at: ago(5),
    },
    // And here it is missing.
    { caller_identity: 'empty', agent_id: null, latency_ms: null },
  ]);
});
afterAll(() => store.close());

/** The callers of the rows for which a condition holds. */
async function holdsFor(when: readonly Predicate[]): Promise<unknown[]> {
  const source = findSource('tool_calls');
  const binder = new Binder({});
  const columns = await describeSource(store, source, binder);
  const place = { file: 'slo.yaml', lineOf: (path: readonly unknown[]) => path.length };
  const sql = compile({ source: source.name, columns, binder, place }, { when, path: ['where'] });
  const rows = await store.query(
    {
      path: 'test',
      sql: `select caller_identity, ${sql} as holds from tool_calls`,
      header: {},
      params: [],
      columns: [],
    },
    binder.params,
  );
  expect(rows.map(({ holds }) => typeof holds)).toEqual(['boolean', 'boolean']);
  return rows.filter(({ holds }) => holds).map((row) => row['caller_identity']);
}

const p = (field: string, op: string, value?: unknown): Predicate =>
  value === undefined ? { field, op } : { field, op, value };

const truths: Readonly<Record<string, readonly [readonly Predicate[], readonly string[]]>> = {
  'eq finds the value': [[p('agent_id', 'eq', 'agent-1')], ['full']],
  'eq is false for a missing value': [[p('agent_id', 'eq', 'agent-2')], []],
  'not eq is true for a missing value': [[{ not: [p('agent_id', 'eq', 'agent-1')] }], ['empty']],
  'ne is false for a missing value': [[p('agent_id', 'ne', 'agent-2')], ['full']],
  'not of two: a missing half does not hide the row': [
    [{ not: [p('executed', 'eq', true), p('caller_identity', 'eq', 'empty')] }],
    ['full', 'empty'],
  ],
  'not of nothing missing': [[{ not: [p('http_status', 'gte', 100)] }], ['empty']],
  'in and not-in are false for a missing value': [
    [{ any: [p('agent_id', 'in', ['a', 'agent-1']), p('agent_id', 'not-in', ['a'])] }],
    ['full'],
  ],
  'not in the list': [[p('http_status', 'not-in', [401, 403])], ['full']],
  'a fraction': [[p('latency_ms', 'lte', 1.5)], ['full']],
  'a fraction below': [[p('latency_ms', 'lt', 1.5)], []],
  'is-null': [[p('latency_ms', 'is-null')], ['empty']],
  'is-not-null': [[p('latency_ms', 'is-not-null')], ['full']],
  'one column against another': [
    [p('approval_decided_at', 'lte-field', 'execution_started_at')],
    ['full'],
  ],
  'a missing column against another': [
    [{ not: [p('approval_decided_at', 'lte-field', 'execution_started_at')] }],
    ['empty'],
  ],
  'a time': [[p('timestamp', 'gt', '2026-11-01T00:00:00Z')], ['full', 'empty']],
  prefix: [[p('agent_id', 'prefix', 'agent-')], ['full']],
  suffix: [[p('agent_id', 'suffix', '-1')], ['full']],
  contains: [[p('caller_identity', 'contains', 'mpt')], ['empty']],
  'wildcards are letters': [[p('agent_id', 'prefix', 'agent_%')], []],
  'a list means all': [[p('executed', 'eq', true), p('agent_id', 'is-null')], []],
  any: [[{ any: [p('executed', 'eq', true), p('agent_id', 'is-null')] }], ['full', 'empty']],
  'any of all': [[{ any: [{ all: [p('executed', 'eq', true), p('agent_id', 'is-null')] }] }], []],
  'a column of the inventory': [[p('tool_class', 'eq', 'read_only')], ['full', 'empty']],
  'a value that is SQL stays a value': [[p('agent_id', 'eq', "' or 1=1 --")], []],
};

describe('two-valued', () => {
  test.each(Object.entries(truths))('%s', async (_, [when, callers]) => {
    expect(await holdsFor(when)).toEqual(callers);
  });
});

const refused: Readonly<Record<string, readonly [Predicate, string]>> = {
  'a column that is not there': [
    p('tool_klass', 'eq', 'write'),
    "slo.yaml:3: the source 'tool_calls' has no column 'tool_klass'.",
  ],
  'a column that is SQL': [p('1=1; --', 'is-null'), "has no column '1=1; --'"],
  'text for a number': [
    p('http_status', 'eq', '401'),
    'slo.yaml:3: the column \'http_status\' holds number, which cannot be compared with "401".',
  ],
  'a number for text': [p('tool_name', 'eq', 1), 'holds text, which cannot be compared with 1'],
  'a number for a boolean': [p('executed', 'eq', 1), 'holds boolean'],
  'text that is no time': [p('timestamp', 'lt', 'yesterday'), 'holds time'],
  'an order of booleans': [
    p('executed', 'gt', true),
    "'gt' has no meaning for the column 'executed'",
  ],
  'a prefix of a number': [p('http_status', 'prefix', '4'), "'prefix' has no meaning"],
  'a word that the column never holds': [
    p('outcome', 'ne', 'failre'),
    "slo.yaml:3: the column 'outcome' never holds 'failre'.",
  ],
  'one such word among others': [
    p('match_rung', 'not-in', ['gateway_only', 'server']),
    "the column 'match_rung' never holds 'server'.",
  ],
  'columns of two types': [
    p('latency_ms', 'lt-field', 'tool_name'),
    "the column 'tool_name' holds text, where number is needed.",
  ],
};

describe('refused', () => {
  test.each(Object.entries(refused))('%s', async (_, [predicate, problem]) => {
    await expect(holdsFor([predicate])).rejects.toThrow(
      expect.objectContaining({
        code: 'definition_invalid',
        message: expect.stringContaining(problem),
      }),
    );
  });
});
