import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../core/package-root.ts';
import { listQueries } from '../queries/catalogue.ts';
import { listKqlQueries } from '../queries/kql.ts';

const pages = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(packagePath(folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

test.each(pages)('%s links only to what is there', (page) => {
  const links = [...readFileSync(packagePath(page), 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !target.startsWith('https://'));

  expect(links.filter((target) => !existsSync(packagePath(dirname(page), target)))).toEqual([]);
});

test.each(pages)('%s names only queries and parameters that exist', (page) => {
  const known = new Map([
    ...listQueries().map(({ name, params }) => [name, params.map((param) => param.name)] as const),
    ...listKqlQueries().map(
      ({ name, params }) => [`--kql ${name}`, params.map((param) => param.name)] as const,
    ),
  ]);
  const named = [
    ...readFileSync(packagePath(page), 'utf8').matchAll(
      /\bquery ((?:--kql )?[a-z_]+\/[a-z_]+)(.*)/g,
    ),
  ].map(([, name = '', rest = '']) => ({
    name,
    params: [...rest.matchAll(/--param (\w+)=/g)].map(([, param = '']) => param),
  }));

  const wrong = named.filter(
    ({ name, params }) =>
      params.some((param) => !known.get(name)?.includes(param)) || !known.has(name),
  );
  expect(wrong).toEqual([]);
});
