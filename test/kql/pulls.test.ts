import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { listPulls, type Pull, windowed } from '../../ingest/kql.ts';
import { listSources } from '../../ingest/sources.ts';
import { bind, COLUMNS } from './bind.ts';

const pulls = listPulls();
const WINDOW = {
  time: { from: '2026-11-20T00:00:00Z', to: '2026-11-23T00:00:00Z' },
  ingested: { from: '2026-11-21T10:00:00.1234567Z', to: '2026-11-21T11:00:00.0000000Z' },
};
/** What no source reads: what the row is, which copy of it, and when it came. */
const BESIDE = ['Type', 'itemType', '_ItemId', 'itemId', 'IngestedAt'];
/** Computed in the workspace, under a name that its source reads. */
const COMPUTED: Readonly<Record<string, string>> = {
  ResponseMessagesBytes: 'ResponseMessages',
  InputMessagesBytes: 'InputMessages',
  OutputMessagesBytes: 'OutputMessages',
  SystemInstructionsBytes: 'SystemInstructions',
  ToolCallArgumentsBytes: 'ToolCallArguments',
  ToolCallResultBytes: 'ToolCallResult',
  EvaluationExplanationBytes: 'EvaluationExplanation',
};

const sources = new Map(listSources().map((source) => [source.stem, source]));

describe.each(pulls)('$path', (pull) => {
  const columns = COLUMNS.get(pull.table) ?? new Map<string, string>();
  const read = keysReadBy(pull.source);
  const given = bind(windowed(pull, WINDOW)).columns;

  test('is named like its table, and says what it is for', () => {
    expect(pull.path).toBe(`ingest/kql/${snake(pull.table)}.kql`);
    expect(pull.purpose).toMatch(/^[A-Z].{10,}\.$/);
    expect(pull.scope).toBe(/^[a-z]/.test(pull.table) ? 'resource' : 'workspace');
  });

  test('binds with a window in it', () => {
    expect(bind(windowed(pull, WINDOW)).problems).toEqual([]);
    expect(bind(windowed(pull, WINDOW, '| summarize rows = count()')).problems).toEqual([]);
  });

  test('binds with a part of a tick, and with bins of ticks', () => {
    const part = { from: 0, to: 32_768, of: 65_536 };
    const sums =
      '| extend IngestedAt = ingestion_time() | summarize count() by bin(IngestedAt, 5tick)';

    expect(bind(windowed(pull, { ...WINDOW, part }, sums)).problems).toEqual([]);
  });

  test('leaves each column its name and its type', () => {
    const changed = given.filter(({ name, type }) => columns.get(name) !== type);

    expect(changed.map(({ name }) => name).filter((name) => !(name in COMPUTED))).toEqual([
      'IngestedAt',
    ]);
  });

  test('gives everything that its source reads', () => {
    const names = given.map(({ name }) => COMPUTED[name] ?? name);
    const missing = [...columns.keys()].filter(
      (name) => read.has(name.toLowerCase()) && !names.includes(name),
    );

    expect(missing).toEqual([]);
  });

  test('gives nothing that its source does not read', () => {
    const names = given.map(({ name }) => name).filter((name) => !BESIDE.includes(name));

    expect(names.filter((name) => !read.has(name.toLowerCase()))).toEqual([]);
  });

  test('gives what tells the row, its copy and when it came', () => {
    const beside = /^[a-z]/.test(pull.table) ? ['itemType', 'itemId'] : ['Type', '_ItemId'];

    expect(given.map(({ name }) => name)).toEqual(
      expect.arrayContaining([pull.time, ...beside, 'IngestedAt']),
    );
  });
});

test('every table that a source recognises by its type has a file', () => {
  const wanted = [...sources.values()].flatMap(({ stem, recognitions }) =>
    recognitions.filter(({ way }) => way === 'type').map(({ name }) => `${name} ${stem}`),
  );
  const tables = [...COLUMNS.keys()].map((name) => name.toLowerCase());
  const pulled = pulls.map(({ table, source }) => `${table.toLowerCase()} ${source}`);

  expect(
    wanted.filter((each) => tables.includes(each.split(' ')[0] ?? '') && !pulled.includes(each)),
  ).toEqual([]);
});

test('every classic table of a source is there too', () => {
  expect(pulls.filter(({ scope }) => scope === 'resource').map(({ table }) => table)).toEqual([
    'customEvents',
    'customMetrics',
    'dependencies',
    'exceptions',
    'requests',
    'traces',
  ]);
});

describe('what stays in the workspace', () => {
  test('is never a key that the source or an alias reads', () => {
    const wrong = pulls.flatMap((pull) => {
      const read = new Set([...quoted(sqlOf(pull.source)), ...quoted(aliases())]);
      return keysRemovedBy(pull).filter((key) => read.has(key.toLowerCase()));
    });

    expect(pulls.flatMap(keysRemovedBy).length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  const METHODS = ['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'];
  test.each(['ApiManagementGatewayLogs', 'AzureDiagnostics'])(
    'of %s: the HTTP methods that its source excludes, and no other',
    (table) => {
      const pull = pullOf(table);
      const list = METHODS.map((method) => `'${method}'`).join(', ');

      expect(pull.pipeline).toContain(`!in~ (${list})`);
      expect(sources.get(pull.source)?.file.sql).toContain(`list_contains([${list}]`);
    },
  );

  const LOGS = ['AppTraces', 'AppEvents', 'traces', 'customEvents'];
  test.each(LOGS)('of %s: no line in which a field could be', (table) => {
    const terms = termsOf(pullOf(table));
    const missed = fieldsOfALogLine().filter((field) => !terms.some((term) => has(field, term)));

    expect(missed).toEqual([]);
  });
});

test('a window is never text of somebody else', () => {
  const time = { ...WINDOW.time, from: '2026-11-20T00:00:00Z) or (1 == 1' };

  expect(() => windowed(pullOf('AppTraces'), { ...WINDOW, time })).toThrow('is no time in UTC');
});

function pullOf(table: string): Pull {
  const pull = pulls.find((each) => each.table === table);
  if (!pull) throw new Error(`no file pulls ${table}`);
  return pull;
}

/** The keys that a source picks of a record itself. */
function keysReadBy(stem: string): ReadonlySet<string> {
  const picked = sqlOf(stem).matchAll(
    /pick(?:_any|_either)?\((?:ik, iv, )?(?:k, v|sk, sv), ((?:'[^']+'(?:, )?)+)\)/g,
  );
  return new Set([...picked].flatMap(([, names = '']) => quoted(names)));
}

/** A source with the shapes that it rests on. */
function sqlOf(stem: string): string {
  const own = sources.get(stem)?.file.sql ?? '';
  const shape = /from (\w+_records)\b/.exec(own)?.[1];
  return shape ? `${own}\n${shapeOf(shape)}` : own;
}

function shapeOf(name: string): string {
  const sql = readFileSync(packagePath(`ingest/shapes/${name}.sql`), 'utf8');
  const below = /from (\w+_records)\b/.exec(sql)?.[1];
  return below ? `${sql}\n${shapeOf(below)}` : sql;
}

function aliases(): string {
  return readFileSync(packagePath('ingest/prelude/aliases.sql'), 'utf8');
}

function quoted(text: string): string[] {
  return [...text.matchAll(/'([^'\n]+)'/g)].map(([, name = '']) => name);
}

function keysRemovedBy({ pipeline }: Pull): string[] {
  return [...pipeline.matchAll(/bag_remove_keys\(\w+, dynamic\(\[([^\]]+)\]/g)].flatMap(
    ([, list = '']) => quoted(list),
  );
}

function termsOf({ pipeline }: Pull): string[] {
  return quoted(/has_any \(([^)]+)\)/.exec(pipeline)?.[1] ?? '');
}

/** What must stand in a line for a branch of the shape to be taken, whatever is read in it then. */
const BRANCHES: Readonly<Record<string, readonly string[]>> = {
  is_mcp_gateway: ['Microsoft.McpGateway.'],
  is_gateway: ['request-body', 'request_body'],
};

/**
 * What makes a log line more than one: the names that the columns in the rule of
 * ingest/shapes/app_log_records.sql rest on, through the aliases.
 */
function fieldsOfALogLine(): string[] {
  const sql = shapeOf('app_log_records');
  const rule = /when coalesce\(([^\n]+)\) is null\n/.exec(sql)?.[1] ?? '';
  const bare = rule.replace(/pick_any\(pk, pv, [^)]+\)/g, '');
  const macros = [...bare.matchAll(/\b(\w+)\(pk, pv\)/g)].map(([, name = '']) => name);
  const columns = bare.match(/\b[a-z_]+\b(?![(\w])/g) ?? [];
  const named = columns
    .filter((name) => name !== 'pk' && name !== 'pv')
    .map((name) => new RegExp(`^ +(.+) as ${name},?$`, 'm').exec(sql)?.[1] ?? `? ${name}`);
  expect(named.filter((text) => text.startsWith('?'))).toEqual([]);
  expect(macros.length + named.length).toBe(5);
  return [
    ...quoted(rule),
    ...[...macros.map((name) => `${name}(pk, pv)`), ...named].flatMap(namesIn),
    ...['mcp.tool_call', 'mcp.approval'],
  ];
}

/** The names that an expression reads of a bag. */
function namesIn(expression: string): string[] {
  const branches = [...expression.matchAll(/case when (\w+) then .+? end/g)];
  const plain = branches.reduce((text, [branch]) => text.replace(branch, ''), expression);
  const macros = [...plain.matchAll(/\b(\w+_of)\(pk, pv/g)].map(([, name = '']) => name);
  return [
    ...quoted(plain),
    ...branches.flatMap(([, condition = '']) => BRANCHES[condition] ?? [`? ${condition}`]),
    ...macros.flatMap((name) =>
      [...bodyOf(name).matchAll(/pick(?:_any)?\(k, v, ([^)]+)\)/g)].flatMap(([, names = '']) =>
        quoted(names),
      ),
    ),
  ];
}

function bodyOf(macro: string): string {
  const text = aliases();
  const from = text.indexOf(`macro ${macro}(k, v) as`);
  return text.slice(from, text.indexOf(';', from));
}

/** `has` of KQL: whole terms, in any case. An underscore may count as part of a term. */
function has(text: string, term: string): boolean {
  const at = text.toLowerCase().indexOf(term.toLowerCase());
  const isEdge = (letter: string | undefined) => letter === undefined || /[^a-z0-9_]/i.test(letter);
  return at >= 0 && isEdge(text[at - 1]) && isEdge(text[at + term.length]);
}

function snake(table: string): string {
  return table
    .replace('OTel', 'Otel')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toLowerCase();
}
