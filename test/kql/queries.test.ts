import { existsSync, globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { listQueries } from '../../queries/catalogue.ts';
import { type KqlQuery, kqlText, listKqlQueries } from '../../queries/kql.ts';
import { READ_AS } from '../../queries/kql-literals.ts';
import { readKqlFile } from '../../store/kql-file.ts';
import { bind } from './bind.ts';

const NOW = new Date('2026-11-21T00:30:00Z');
const queries = listKqlQueries();
const names = queries.map(({ name }) => name);
/** As many run them. */
const usual = queries.filter(({ name }) => name.startsWith('usual/'));
const ours = listQueries().map(({ name }) => name);

/** Something to give for each type, with all in it that could end a literal. */
const GIVEN: Readonly<Record<string, string>> = {
  datetime: '2026-11-21T10:00:00.1234567+01:00',
  string: `a'b"c\\d) | take 1 //\n; drop`,
  'string[]': `get_weather,it's,"x",\\`,
  long: '5',
  real: '0.999',
  bool: 'true',
};

describe.each(queries)('$name', (query) => {
  const needed = Object.fromEntries(
    query.params
      .filter(({ initial }) => initial === undefined)
      .map(({ name, type }) => [name, GIVEN[type] ?? '']),
  );
  const all = Object.fromEntries(query.params.map(({ name, type }) => [name, GIVEN[type] ?? '']));

  test('binds as it is printed, with its defaults', () => {
    expect(bind(kqlText(query, needed, NOW)).problems).toEqual([]);
  });

  test('binds with everything given', () => {
    expect(bind(kqlText(query, all, NOW)).problems).toEqual([]);
  });

  test('gives the columns that its header lists, in their types', () => {
    expect(bind(kqlText(query, needed, NOW)).columns).toEqual(
      query.columns.map(({ name, type }) => ({ name, type })),
    );
  });

  test('is one block for the portal: no empty line, parameters first', () => {
    const lines = kqlText(query, needed, NOW).trimEnd().split('\n');
    const code = lines.filter((line) => !line.startsWith('//'));

    expect(lines.filter((line) => line.trim() === '')).toEqual([]);
    expect(code.slice(0, query.params.length).map((line) => line.split(' = ')[0])).toEqual(
      query.params.map(({ name }) => `let ${name}`),
    );
  });

  test('says what it is for, what of ours asks the same, and where that differs', () => {
    expect(query.purpose).toMatch(/^[A-Z].{10,}\.$/);
    expect(query.differs).toMatch(/^[A-Z%p].{30,}\.$/);
    expect(query.readers.length).toBeGreaterThan(0);
    expect(query.file.header['grain']).toMatch(/^one row/);
    expect(query.params.filter(({ type }) => !(type in READ_AS))).toEqual([]);
    for (const name of query.ours.split(', ')) {
      const [, slo] = /^slo report \((.+)\)$/.exec(name) ?? [];
      if (slo) expect(existsSync(packagePath(`examples/slos/${slo}.yaml`))).toBe(true);
      else expect(ours).toContain(name);
    }
  });

  test('names only questions that there are', () => {
    const named = query.differs.match(/\b(?:soc|sre|slo|finops|usual)\/\w+/g) ?? [];

    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });
});

test('a question that has the name of ours says so', () => {
  const same = queries.filter(({ name }) => ours.includes(name));

  expect(same.length).toBeGreaterThan(7);
  expect(same.filter((query) => query.ours !== query.name)).toEqual([]);
});

test('every relation is used, and knows no parameter but the window', () => {
  const relations = globSync('queries/kql/relations/*.kql', { cwd: packagePath() }).map((path) =>
    path.replaceAll('\\', '/').slice('queries/kql/'.length, -'.kql'.length),
  );
  const used = [...queries.map(({ file }) => file), ...relations.map(fileOf)].flatMap(
    ({ header }) => header['uses']?.split(', ') ?? [],
  );

  expect(relations.length).toBeGreaterThan(2);
  expect(relations.filter((name) => !used.includes(name))).toEqual([]);
  for (const name of relations) {
    expect(fileOf(name).params.map((param) => param.name)).toEqual(['from_at', 'to_at']);
    expect(fileOf(name).text).toContain(`let ${name.slice('relations/'.length)} =`);
  }
});

test('what several rest on is there once, before what rests on it', () => {
  const text = textOf('soc/timeline');

  expect(text.match(/^let server_tool_rows =/gm)).toHaveLength(1);
  expect(text.indexOf('let server_tool_rows =')).toBeLessThan(text.indexOf('let tool_calls ='));
});

describe('what many run', () => {
  test('is every file in usual/, and names the one of ours that asks the same', () => {
    expect(usual.length).toBeGreaterThan(5);
    expect(queries.filter(({ beside }) => beside !== undefined)).toEqual(usual);
    for (const { name, beside = '', found } of usual) {
      expect(names.filter((each) => !each.startsWith('usual/'))).toContain(beside);
      expect(found).toMatch(/^(?:in|as samples in) /);
      expect(textOf(name)).toContain(`As it should be: '${beside}'.`);
    }
  });

  /** What the pages say of each; where a text no longer does it, they are wrong. */
  const done: Readonly<Record<string, readonly RegExp[]>> = {
    'usual/auth_failures': [/countif\(ResponseCode == 401\)/, /requests = count\(\)/],
    'usual/calls_end_to_end': [/countif\(ResponseCode == 200\)/, /on OperationId\n\| summarize/],
    'usual/gateway_outcomes': [/countif\(ResponseCode == 200\)/, /Url contains '\/mcp'/],
    'usual/operational_view': [
      /join kind=leftouter \(\n *AppTraces/,
      /countif\(Success == false\)/,
    ],
    'usual/operational_view_classic': [/join kind=leftouter \(\n *traces/, /success == false/],
    'usual/tokens_by_deployment': [
      /deployment = DeploymentName/,
      /ApiManagementGatewayLogs on Corr/,
    ],
    'usual/tool_latency_and_errors': [/percentile\(DurationMs, 95\)/, /calls = count\(\)/],
  };

  test.each(usual)('$name does what is said of it, and never weighs', ({ name, file }) => {
    for (const each of done[name] ?? [/$^/]) expect(file.text).toMatch(each);
    expect(file.text).not.toMatch(/itemcount|percentilew|isError/i);
  });

  test('is laid beside a query that gives what can be compared', () => {
    for (const { name, beside = '', columns } of usual) {
      const shared = columns.filter((column) =>
        columnsOf(beside).some((each) => each.name === column.name && each.type === column.type),
      );

      expect([name, shared.length > 0]).toEqual([name, true]);
    }
  });
});

/** The mistakes of the query that everybody copies. */
describe('the operational view', () => {
  const text = textOf('sre/operational_view');

  test('counts tool calls only', () => {
    expect(text).toContain("| where Method == 'tools/call'");
    expect(text).not.toMatch(/url (contains|has)/i);
  });

  test('joins nothing that is not one row per key', () => {
    const joined = [...text.matchAll(/join kind=leftouter (\w+) on ([\w, ]+)/g)];

    expect(joined.length).toBeGreaterThan(3);
    for (const [, relation = '', keys = ''] of joined) {
      const [, body = ''] = new RegExp(`let ${relation} =([^;]+);`).exec(text) ?? [];
      const [, by = ''] = /summarize[\s\S]*\bby ([^|]+)/.exec(body) ?? [];
      for (const key of keys.trim().split(', ')) expect(by).toContain(key);
    }
  });

  test('has the three outcomes, and challenges apart', () => {
    const columns = bind(text).columns.map(({ name }) => name);

    expect(columns).toEqual(
      expect.arrayContaining([
        ...['transport_errors', 'protocol_errors', 'tool_errors'],
        ...['denied', 'challenge', 'unknown'],
      ]),
    );
  });
});

function queryOf(name: string): KqlQuery {
  return queries.find((query) => query.name === name) ?? never();
}

function textOf(name: string): string {
  return kqlText(queryOf(name), {}, NOW);
}

function columnsOf(name: string) {
  return queryOf(name).columns;
}

function fileOf(name: string) {
  return readKqlFile(`queries/kql/${name}.kql`);
}

function never(): never {
  throw new Error('the question is gone');
}
