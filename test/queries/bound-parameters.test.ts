import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';

const FOLDERS = '{core,store,ingest,correlate,slo,queries,reports,simulate,cli}/**/*.ts';
const paths = globSync(FOLDERS, { cwd: packageRoot }).sort();

const STATEMENT =
  /`\s*(?:select|insert|update|delete|with|create|copy|attach|set|describe|from)\s[^`]*`/gi;

/** Statements in a program text that put a value between SQL quotes instead of binding it. */
function quotedValues(program: string): string[] {
  return (
    [...program.matchAll(STATEMENT)]
      .map(([statement]) => statement)
      // A setting takes no parameters.
      .filter((statement) => !/^`set memory_limit = /.test(statement))
      .filter((statement) => /'[^'\n]*\$\{/.test(statement.replaceAll(/'[^'$\n]*'/g, '')))
  );
}

describe('the rule', () => {
  const insert = (name: string) => `$\{${name}}`;

  test('catches a value between quotes', () => {
    const programs = [
      `rows(\`select * from t where name = '${insert('name')}'\`)`,
      `rows(\`delete from t where kind = 'x' and name like '%${insert('name')}%'\`)`,
    ];
    expect(programs.map((program) => quotedValues(program).length)).toEqual([1, 1]);
  });

  test('lets bound values and the names of our own tables through', () => {
    const program = `rows(\`select 'x' from ${insert('table')} where name = $name and y = 'z'\`)`;
    expect(quotedValues(program)).toEqual([]);
  });
});

test('no SQL is built from values', () => {
  expect(paths.length).toBeGreaterThan(50);
  const found = paths.flatMap((path) =>
    quotedValues(readFileSync(packagePath(path), 'utf8')).map(
      (statement) => `${path}: ${statement}`,
    ),
  );
  expect(found).toEqual([]);
});
