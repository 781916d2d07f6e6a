import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../core/package-root.ts';

const GROUND = ['core', 'store'] as const;

/** Who may import whom; a folder may always import itself. Changing this takes a decision record. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'all'>> = {
  core: [],
  store: ['core'],
  ingest: GROUND,
  correlate: GROUND,
  slo: GROUND,
  queries: GROUND,
  reports: GROUND,
  simulate: GROUND,
  // It looks at what the stages would use, before they do.
  doctor: [...GROUND, 'ingest', 'slo'],
  cli: 'all',
  test: 'all',
  bench: 'all',
};

/** One home per library. What tests and benchmarks use is their own affair. */
const HOME: Readonly<Record<string, string>> = {
  '@clickhouse/client': 'store',
  '@duckdb/node-api': 'store',
  '@opentelemetry/api': 'cli',
  '@opentelemetry/sdk-node': 'cli',
  ajv: 'core',
  avsc: 'ingest',
  commander: 'cli',
  rrule: 'slo',
  tinyglobby: 'ingest',
  vega: 'reports',
  'vega-lite': 'reports',
  yaml: 'core',
};

const MAY_USE_ANY_LIBRARY = ['test', 'bench'];

/** The process belongs to who starts it: everything else is handed what it may touch. */
const MAY_TOUCH_PROCESS = /^(cli\/bin\.ts$|bench\/|test\/)/;

/** Vitest reads a config as a default export. */
const MAY_EXPORT_DEFAULT = ['vitest.config.ts', 'test/engines/vitest.config.ts'];

const files = readdirSync(packageRoot, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.(ts|sql)$/.test(path))
  .filter((path) => !/(^|\/)(node_modules|dist|witness-demo|\.[^/]+)\//.test(path));
const typescript = files.filter((path) => path.endsWith('.ts'));

test.each(typescript)('%s keeps to the layout', (path) => {
  expect(problemsOf(path, readFileSync(join(packageRoot, path), 'utf8'))).toEqual([]);
});

test.each(files)('%s is named as its kind is', (path) => {
  const pattern = path.endsWith('.sql')
    ? /^[a-z0-9]+(_[a-z0-9]+)*(\.clickhouse)?\.sql$/
    : /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.ts$/;
  expect(basename(path)).toMatch(pattern);
});

test('every folder with code is in the table', () => {
  const folders = new Set(typescript.filter((path) => path.includes('/')).map(topOf));

  expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
});

const wrong = {
  'a stage that imports another': [
    'slo/judge.ts',
    "import { correlate } from '../correlate/correlate.ts';",
    "slo/judge.ts imports '../correlate/correlate.ts': slo may import core, store",
  ],
  'a type from another stage': [
    'reports/slo/page.ts',
    "import type { Verdict } from '../../slo/states.ts';",
    "reports/slo/page.ts imports '../../slo/states.ts': reports may import core, store",
  ],
  'an import that is made later': [
    'store/store.ts',
    "const x = await import('../ingest/batch.ts');",
    "store/store.ts imports '../ingest/batch.ts': store may import core",
  ],
  'anything of ours in core': [
    'core/window.ts',
    "export * from '../store/values.ts';",
    "core/window.ts imports '../store/values.ts': core may import nothing of ours",
  ],
  'the database driver in a stage': [
    'ingest/batch.ts',
    "import { DuckDBInstance } from '@duckdb/node-api';",
    "ingest/batch.ts imports '@duckdb/node-api': its home is store",
  ],
  'a part of a library away from home': [
    'slo/documents.ts',
    "import { Ajv2020 } from 'ajv/dist/2020.js';",
    "slo/documents.ts imports 'ajv/dist/2020.js': its home is core",
  ],
  'a client of Azure outside ingest': [
    'cli/main.ts',
    "import { EventHubConsumerClient } from '@azure/event-hubs';",
    "cli/main.ts imports '@azure/event-hubs': its home is ingest",
  ],
  'a library without a home': [
    'core/window.ts',
    "import dayjs from 'dayjs';",
    "core/window.ts imports 'dayjs': it has no home in this table",
  ],
  'the process': [
    'reports/render.ts',
    'const dir = process.cwd();',
    'reports/render.ts touches process',
  ],
  'the process, imported': [
    'reports/render.ts',
    "import { cwd } from 'node:process';",
    'reports/render.ts touches process',
  ],
  'the console': ['cli/main.ts', "console.log('hello');", 'cli/main.ts touches console'],
  'a default export': [
    'core/money.ts',
    'export default function money() {}',
    'core/money.ts has a default export',
  ],
} as const;

test.each(Object.entries(wrong))('%s is found', (_, [path, text, problem]) => {
  expect(problemsOf(path, text)).toEqual([problem]);
});

test('comments and texts are not code', () => {
  const text = `// import '../slo/x.ts'\n/* process.exit() */\nconst a = 'console.log';\nconst b = "process.env";`;

  expect(problemsOf('core/window.ts', text)).toEqual([]);
});

const STATIC_IMPORT = /^(?:import\s+|(?:import|export)\b[^'"`;=()]*?\bfrom\s+)['"]([^'"\n]+)['"]/gm;
const LATER_IMPORT = /\bimport\(\s*['"]([^'"\n]+)['"]/g;

function problemsOf(path: string, text: string): string[] {
  const code = text.replaceAll(/('(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1$2');
  const imports = [...code.matchAll(STATIC_IMPORT), ...code.matchAll(LATER_IMPORT)].map(
    ([, name]) => name ?? '',
  );
  return [
    ...imports.flatMap((name) => importProblem(path, name) ?? []),
    ...touched(path, code, imports),
    ...(/^export (default\b|\{[^}]*\bas default\b)/m.test(code) &&
    !MAY_EXPORT_DEFAULT.includes(path)
      ? [`${path} has a default export`]
      : []),
  ];
}

function importProblem(path: string, name: string): string | undefined {
  if (name.startsWith('.')) return ownImportProblem(path, name);
  if (name.startsWith('node:') || MAY_USE_ANY_LIBRARY.includes(topOf(path))) return undefined;
  if (!path.includes('/')) return undefined;
  const home = homeOf(name);
  if (home === undefined) return `${path} imports '${name}': it has no home in this table`;
  return home === topOf(path) ? undefined : `${path} imports '${name}': its home is ${home}`;
}

function ownImportProblem(path: string, name: string): string | undefined {
  const from = topOf(path);
  const to = topOf(posix.join(posix.dirname(path), name));
  const allowed = MAY_IMPORT[from] ?? [];
  if (allowed === 'all' || from === to || allowed.includes(to)) return undefined;
  const list = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
  return `${path} imports '${name}': ${from} may import ${list}`;
}

function homeOf(name: string): string | undefined {
  if (/^@azure(-rest)?\//.test(name)) return 'ingest';
  const [first = '', second = ''] = name.split('/');
  return HOME[first.startsWith('@') ? `${first}/${second}` : first];
}

function touched(path: string, code: string, imports: readonly string[]): string[] {
  if (MAY_TOUCH_PROCESS.test(path)) return [];
  const bare = code.replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return ['process', 'console']
    .filter(
      (name) =>
        imports.includes(`node:${name}`) ||
        new RegExp(`(?<![.\\w])${name}\\s*(\\.\\w|\\[)`).test(bare),
    )
    .map((name) => `${path} touches ${name}`);
}

function topOf(path: string): string {
  return path.split('/')[0] ?? '';
}
