import { expect, test } from 'vitest';
import { commandLine } from '../../cli/command-line.ts';

const io = { program: 'mcp-witness' };

const cases = {
  'over nothing in particular': [{}, 'mcp-witness timeline'],
  'over a config and a database': [
    { config: 'a/b.yaml', db: 'C:\\data\\w-1.duckdb' },
    'mcp-witness timeline --config a/b.yaml --db C:\\data\\w-1.duckdb',
  ],
  'over a path that a shell would take apart': [
    { db: "Ana's files/$(w).duckdb" },
    "mcp-witness timeline --db 'Ana'\\''s files/$(w).duckdb'",
  ],
} as const;

test.each(Object.entries(cases))('a command to type, %s', (_, [options, text]) => {
  expect(commandLine(io, 'timeline', options)).toBe(text);
});
