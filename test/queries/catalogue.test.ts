import { describe, expect, test } from 'vitest';
import { bindParameters, findQuery, listQueries } from '../../queries/catalogue.ts';

const now = new Date('2026-11-21T12:00:00Z');

describe('the list', () => {
  const names = listQueries().map(({ name }) => name);

  test('is sorted, and has the questions of all three readers', () => {
    expect(names).toEqual(names.toSorted());
    expect(names).toEqual(
      expect.arrayContaining(['finops/cost_by_agent', 'soc/timeline', 'sre/loss_accounting']),
    );
  });

  test('leaves out what questions only rest on', () => {
    expect(names.filter((name) => name.includes('relations'))).toEqual([]);
  });

  test('says what each is for, what it takes and what it gives', () => {
    expect(findQuery('soc/timeline')).toMatchObject({
      purpose: expect.stringContaining('call by call'),
      readers: ['SOC'],
      params: expect.arrayContaining([expect.objectContaining({ name: 'limit', initial: '1000' })]),
      columns: expect.arrayContaining([expect.objectContaining({ name: 'call_id', type: 'uuid' })]),
    });
  });
});

describe('a name that is none', () => {
  const fixes = {
    'a letter wrong': ['soc/timelime', "Did you mean 'soc/timeline'?"],
    'the folder left out': ['cost_by_agent', "Did you mean 'finops/cost_by_agent'"],
    'part of a name': [
      'bypass',
      "Did you mean 'soc/gateway_bypass_by_server' or 'soc/gateway_bypass_calls'?",
    ],
    'dashes for underscores': ['sre/latency-by-tool', "Did you mean 'sre/latency_by_tool'?"],
    'nothing near': ['weather', "'mcp-witness query --list' shows all."],
  } as const;

  test.each(Object.entries(fixes))('%s', (_, [name, fix]) => {
    expect(() => findQuery(name)).toThrow(
      expect.objectContaining({
        code: 'query_not_found',
        message: `There is no query named '${name}'.`,
        fix: expect.stringContaining(fix),
      }),
    );
  });

  test('the extension may be written', () => {
    expect(findQuery('soc/timeline.sql').name).toBe('soc/timeline');
  });
});

describe('parameters', () => {
  const timeline = findQuery('soc/timeline');

  test('take the defaults of the header, times from the clock given', () => {
    expect(bindParameters(timeline, { session: 's-1' }, now)).toEqual({
      from_at: '2026-10-22T12:00:00.000Z',
      to_at: '2026-11-21T12:00:00.000Z',
      session: 's-1',
      agent: '',
      agent_pseudonym: '',
      call: '',
      caller: '',
      caller_pseudonym: '',
      tool: '',
      server: '',
      limit: 1000,
    });
  });

  test('a time keeps its microseconds', () => {
    const { from_at } = bindParameters(timeline, { from_at: '2026-11-21T10:00:00.123456Z' }, now);
    expect(from_at).toBe('2026-11-21T10:00:00.123456Z');
  });

  const typed = {
    ...timeline,
    name: 'test/typed',
    params: [
      { name: 'share', type: 'double', unit: 'ratio', meaning: 'a share' },
      {
        name: 'all',
        type: 'boolean',
        unit: '-',
        meaning: 'all of it (default: false)',
        initial: 'false',
      },
      { name: 'names', type: 'varchar[]', unit: '-', meaning: 'names (default: )', initial: '' },
    ],
  };

  test('are converted to their types', () => {
    expect(bindParameters(typed, { share: '.5', all: 'TRUE', names: 'a,b' })).toEqual({
      share: 0.5,
      all: true,
      names: ['a', 'b'],
    });
    expect(bindParameters(typed, { share: '1e3' })).toEqual({ share: 1000, all: false, names: [] });
  });

  const refused = {
    'a name that is near': [{ sesion: 'x' }, "no parameter 'sesion'", "Did you mean 'session'?"],
    'a name of the prototype': [
      { constructor: 'x' },
      "no parameter 'constructor'",
      'It takes: from_at',
    ],
    'no whole number': [
      { limit: '1.5' },
      "'limit' of soc/timeline cannot be '1.5'",
      'a whole number',
    ],
    'less than one row': [{ limit: '0' }, "'limit' of soc/timeline cannot be '0'", '(1 or more)'],
    'a number beyond all counting': [{ limit: '9'.repeat(20) }, "'limit'", 'at most this many'],
    'no time': [{ from_at: 'yesterday' }, "cannot be 'yesterday'", "'now-24h'"],
    'a day that does not exist': [
      { from_at: '2026-02-30' },
      "cannot be '2026-02-30'",
      'window start',
    ],
  } as const;

  test.each(Object.entries(refused))('%s is refused', (_, [given, problem, fix]) => {
    expect(() => bindParameters(timeline, given, now)).toThrow(
      expect.objectContaining({
        code: 'usage_invalid',
        message: expect.stringContaining(problem),
        fix: expect.stringContaining(fix),
      }),
    );
  });

  test('one that is missing is asked for', () => {
    expect(() => bindParameters(findQuery('soc/events_of_call'), {})).toThrow(
      expect.objectContaining({
        code: 'usage_invalid',
        message: expect.stringContaining("needs the parameter 'call': call id"),
        fix: expect.stringContaining('--param call=VALUE'),
      }),
    );
  });

  test('a query without any refuses all', () => {
    expect(() => bindParameters(findQuery('sre/loss_accounting'), { from: 'x' })).toThrow(
      expect.objectContaining({ fix: 'Leave it out; this query takes none.' }),
    );
  });

  const words = { yes: '1', constructor: 'constructor', empty: '' };
  test.each(Object.entries(words))('%s is no boolean', (_, all) => {
    expect(() => bindParameters(typed, { share: '1', all })).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('true or false') }),
    );
  });
});
