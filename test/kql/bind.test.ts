import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { bind, COLUMNS } from './bind.ts';

const files = globSync('**/*.kql', { cwd: packageRoot, exclude: ['**/node_modules', 'dist'] })
  .map((path) => path.replaceAll('\\', '/'))
  // These are bound with what they rest on, by queries.test.ts.
  .filter((path) => !path.startsWith('queries/kql/'))
  .sort();

test.each(files)('%s binds against the published columns', (path) => {
  const text = readFileSync(packagePath(path), 'utf8');
  const unknown = [...text.matchAll(/\bcolumn_ifexists\('(\w+)'/g)]
    .map(([, name = '']) => name)
    .filter((name) => ![...COLUMNS.values()].some((columns) => columns.has(name)));

  expect(bind(text).problems).toEqual([]);
  expect(unknown).toEqual([]);
});

test('there are files to bind', () => {
  expect(files.filter((path) => path.startsWith('ingest/kql/')).length).toBeGreaterThan(15);
});

/** The mistakes that are made with these tables; each must be seen, or no file is checked at all. */
const mistakes = {
  'a column of another table': [
    'ApiManagementGatewayMCPLog | project TotalTime',
    "KS142 line 1: The name 'TotalTime' does not refer to any known column, table, variable or function.",
  ],
  'the classic name in the workspace table': [
    'AppTraces\n| project customDimensions',
    "KS142 line 2: The name 'customDimensions' does not refer to any known column, table, variable or function.",
  ],
  'the case of a name': [
    'requests | project operation_id',
    "KS142 line 1: The name 'operation_id' does not refer to any known column, table, variable or function.",
  ],
  'a code that is text, compared as a number': [
    'AppRequests | where ResultCode >= 400',
    'KS106 line 1: The operator',
  ],
  'milliseconds compared with a timespan': [
    'AppRequests | where DurationMs > 1s',
    'KS106 line 1: The operator',
  ],
  'a field of what is text': [
    'AADServicePrincipalSignInLogs | project Agent.agentType',
    'KS142 line 1: The name',
  ],
  'a table that nobody has': ['AppRequest | count', 'KS204 line 1: The name'],
  'a bracket that is missing': ['AppRequests | summarize count(', 'KS005 line 1: Expected: )'],
} as const;

test.each(Object.entries(mistakes))('%s is seen', (_, [text, problem]) => {
  expect(bind(text).problems[0]).toContain(problem);
});

test('what a query gives is known, with types', () => {
  const { columns } = bind(
    'AppRequests | summarize calls = sum(ItemCount), max(DurationMs) by Name',
  );

  expect(columns).toEqual([
    { name: 'Name', type: 'string' },
    { name: 'calls', type: 'long' },
    { name: 'max_DurationMs', type: 'real' },
  ]);
});
