import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { broken, hasBackslashInText, LOUD, SILENT, STYLE, withoutTexts } from './portable-sql.ts';

const paths = globSync('{correlate,queries}/**/*.sql', { cwd: packageRoot })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

const read = (path: string) => readFileSync(packagePath(path), 'utf8');

const bans = [...SILENT, ...LOUD, ...STYLE];

describe('every ban catches its example', () => {
  test.each(bans.map((ban) => [ban.name, ban] as const))('%s', (name, { example }) => {
    expect(broken(example, bans)).toContain(name);
  });

  test('a backslash in a text', () => {
    expect(hasBackslashInText(String.raw`select 'a\n'`)).toBe(true);
  });
});

test('what is in comments and texts is not looked at', () => {
  expect(broken("select '7 // 2 ; round(x)' as a -- round(1.5); x::bigint", bans)).toEqual([]);
  expect(withoutTexts("select 'it''s' || x -- 'y'")).toBe("select '' || x ");
});

test('what the engines share is let through', () => {
  const sql = `
    select
        cast(sum(weight) as bigint) as calls,
        cast(sum(x) as double) / nullif(cast(n as double), 0) as share_ratio,
        cast('0.4' as decimal(38, 12)) as price,
        lag(x_null(at)) over (partition by a order by at rows between 1 preceding and current row),
        count(*) filter (where a in ('x', 'y')) as n, argMax(a, b), x_lower(s)
    from t as left_side anti join u on left_side.id = u.id
    where t >= {from_at:Timestamp} and ({name:Varchar} = '' or name = {name:Varchar})
    qualify row_number() over (order by a) = 1
    union all select 1`;
  expect(broken(sql, bans)).toEqual([]);
});

describe.each(paths)('%s', (path) => {
  test('says nothing that the engines answer differently', () => {
    const found = broken(read(path), bans);
    expect(
      bans.filter(({ name }) => found.includes(name)).map(({ name, why }) => `${name}: ${why}`),
    ).toEqual([]);
    expect(hasBackslashInText(read(path)), 'a backslash in a text literal').toBe(false);
  });

  test('uses only functions of the prelude that both engines have', () => {
    const used = [...withoutTexts(read(path)).matchAll(/\b(x_[a-z0-9_]+)\s*\(/g)].map(([, x]) => x);
    expect(used.filter((name) => !inDuckDb.includes(name ?? ''))).toEqual([]);
  });
});

const namesIn = (path: string) =>
  [...read(path).matchAll(/^create or replace (?:temp macro|function) (x_[a-z0-9_]+)/gm)]
    .map(([, name]) => name)
    .sort();

const inDuckDb = namesIn('store/prelude/duckdb.sql');

test('both preludes have the same functions, each once', () => {
  expect(inDuckDb).toEqual(namesIn('store/prelude/clickhouse.sql'));
  expect(new Set(inDuckDb).size).toBe(inDuckDb.length);
  expect(inDuckDb.length).toBeGreaterThan(10);
});
