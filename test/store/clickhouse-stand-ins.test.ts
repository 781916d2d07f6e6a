import { expect, test } from 'vitest';
import { StandIns } from '../../store/clickhouse/stand-ins.ts';

function written(sql: string): string {
  const standIns = new StandIns();
  standIns.set('events', 'select * from reopened_events');
  return standIns.writtenInto(sql).replaceAll(/\s+/g, ' ');
}

const SELECT = '( select * from reopened_events )';

test.each([
  ['select 1 from events', `select 1 from ${SELECT} as events`],
  ['select 1 from events as event where true', `select 1 from ${SELECT} as event where true`],
  [
    'select 1 from a inner join events on true',
    `select 1 from a inner join ${SELECT} as events on true`,
  ],
  ['select (select 1 from events)', `select (select 1 from ${SELECT} as events)`],
])('%s reads what stands before the table', (sql, wanted) => {
  expect(written(sql)).toBe(wanted);
});

test.each([
  'select 1 from "witness"."events"',
  'select 1 from witness.events',
  'select events.id from other_events',
  "select 'from events' -- from events",
  'with events as (select 1) select 1 from events',
  'select 1 from events (1)',
])('%s is left as it is', (sql) => {
  expect(written(sql)).toBe(sql);
});

test('what no longer stands before a table is gone', () => {
  const standIns = new StandIns();
  standIns.set('events', 'select 1');
  standIns.set('calls', 'select 2 from events');
  standIns.delete('events');

  expect(standIns.writtenInto('select * from events')).toBe('select * from events');
  expect(standIns.writtenInto('select * from calls')).toContain('select 1');
});
