import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../core/package-root.ts';

const NOT_SHIPPED = ['node_modules', 'dist', 'test', 'bench', 'witness-demo'];

let shipped: ReadonlySet<string> = new Set();

beforeAll(() => {
  // Builds first, as publishing does: what is listed is what was compiled just now.
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  shipped = new Set(filesOf(JSON.parse(output.slice(output.search(/^[[{]/m)))));
}, 120_000);

/** npm 11 prints a list of packages, npm 12 an object of them. */
function filesOf(
  packed: Readonly<Record<string, { readonly files: { readonly path: string }[] }>>,
) {
  return Object.values(packed).flatMap(({ files }) => files.map(({ path }) => path));
}

function inCheckout(pattern: RegExp): string[] {
  return readdirSync(packageRoot, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => pattern.test(path) && !path.startsWith('.'))
    .filter((path) => !NOT_SHIPPED.includes(path.split('/')[0] ?? ''));
}

test('the package holds every .sql and .kql file, schema and example', () => {
  const wanted = [...inCheckout(/\.(sql|kql)$/), ...inCheckout(/^examples\/.*\.(json|md|yaml)$/)];

  expect(wanted.length).toBeGreaterThan(50);
  expect(wanted.filter((path) => !shipped.has(path))).toEqual([]);
});

test('the package holds the compiled form of every .ts file that runs', () => {
  const wanted = inCheckout(/^[^/]+\/.*\.ts$/).map(
    (path) => `dist/${path.replace(/\.ts$/, '.js')}`,
  );

  expect(wanted.filter((path) => !shipped.has(path))).toEqual([]);
});

test('the command that package.json names is there and says what runs it', () => {
  const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const path = bin['mcp-witness'] ?? '';

  expect(shipped).toContain(path);
  expect(readFileSync(join(packageRoot, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('the package holds what a reader looks for', () => {
  const wanted = ['README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'docs/events.md'];

  expect(wanted.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
  expect(wanted.filter((path) => !shipped.has(path))).toEqual([]);
});

test('the package holds no tests, sources, databases or keys', () => {
  const unwanted = /(^|\/)(test|bench|node_modules)\/|\.ts$|\.duckdb|\.key$|\.tgz$|^\./;

  expect([...shipped].filter((path) => unwanted.test(path))).toEqual([]);
});
