import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Ajv2020 as Ajv, ErrorObject } from 'ajv/dist/2020.js';
import type { Document, LineCounter } from 'yaml';
import { systemReason, UserError, type UserErrorCode } from './errors.ts';

const require = createRequire(import.meta.url);

/** Both libraries are loaded by the first file that is read: most commands read none. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');

/** Compiled for the few documents of one command: what a shorter validator saves is less than shortening it takes. */
const COMPILED_ONCE = { strict: true, verbose: true, code: { optimize: false } } as const;

let compiler: Ajv | undefined;

function ajv(): Ajv {
  if (!compiler) {
    const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
    compiler = new Ajv2020({ ...COMPILED_ONCE, allErrors: false, allowUnionTypes: true });
  }
  return compiler;
}

export type YamlPath = readonly (string | number)[];

/** One document of a YAML file that a user wrote. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line, from 1, where the value at `path` begins, or its nearest parent. */
  lineOf(path: YamlPath): number;
}

export interface YamlOptions {
  /** Numbers come out as the text they were written as: '0.40', not 0.4. */
  readonly numbersAsText?: boolean;
}

/** Reads a file of one or more YAML documents. Errors name the file and the line. */
export function readYamlFile(
  file: string,
  code: UserErrorCode = 'config_invalid',
  options: YamlOptions = {},
): YamlDocument[] {
  return parseYaml(file, readTextFile(file), code, options);
}

function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(
      'input_missing',
      `Cannot read '${file}': ${systemReason(error)}.`,
      'Check the path and its permissions.',
      { cause: error },
    );
  }
}

/** The documents of a YAML text; `file` is what errors call it. */
export function parseYaml(
  file: string,
  text: string,
  code: UserErrorCode = 'config_invalid',
  { numbersAsText = false }: YamlOptions = {},
): YamlDocument[] {
  const { LineCounter: Counter, parseAllDocuments } = yaml();
  const lines = new Counter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if ('empty' in documents) return [];
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) {
      const { line, col } = lines.linePos(problem.pos[0]);
      throw new UserError(
        code,
        `${file}:${line}:${col}: this is not valid YAML: ${problem.message}`,
        'Correct the line; indentation and quotes are the usual causes.',
      );
    }
    if (numbersAsText) keepNumbersAsText(document);
    // Aliases are expanded within a bound, so that a small file cannot become a huge value.
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { file, value, lineOf: (path) => lineOf(document, lines, path) };
  });
}

function keepNumbersAsText(document: Document.Parsed): void {
  yaml().visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined) node.value = node.source;
    },
  });
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: YamlPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const range = rangeOf(document, path.slice(0, length));
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

/** Where a value stands: at its key, which is a line above a value that is indented under it. */
function rangeOf(
  document: Document.Parsed,
  path: YamlPath,
): readonly [number, ...number[]] | undefined {
  const { isMap, isScalar } = yaml();
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined;
  const node: unknown = pair?.key ?? document.getIn(path, true);
  return (node as { range?: readonly [number, ...number[]] } | undefined)?.range;
}

/** Checks a document against a JSON Schema; the first problem is an error with file, line and fix. */
export function validate(
  document: YamlDocument,
  schema: Readonly<Record<string, unknown>>,
  code: UserErrorCode = 'config_invalid',
): void {
  const check = ajv().compile(schema);
  if (check(document.value)) return;
  const [problem] = check.errors ?? [];
  if (!problem) return;
  const path = pathOf(problem);
  const extra = problem.params['additionalProperty'] as string | undefined;
  const line = document.lineOf(extra === undefined ? path : [...path, extra]);
  throw new UserError(
    code,
    `${document.file}:${line}: ${where(path)}${complaint(problem)}.`,
    fixFor(problem),
  );
}

/** What of a value does not fit a schema that was not made for users: all of it. */
export interface SchemaProblem {
  readonly path: YamlPath;
  /** The keyword of JSON Schema that is not met. */
  readonly keyword: string;
  readonly problem: string;
  readonly fix: string;
}

/** All that is wrong with a value; the schema need not name the type of each part. */
export function problemsIn(
  value: unknown,
  schema: Readonly<Record<string, unknown>>,
): SchemaProblem[] {
  const check = thorough().compile(schema);
  if (check(value)) return [];
  return (check.errors ?? []).map((problem) => {
    const path = pathOf(problem);
    return {
      path,
      keyword: problem.keyword,
      problem: `${where(path)}${complaint(problem)}`,
      fix: fixFor(problem),
    };
  });
}

let thoroughCompiler: Ajv | undefined;

function thorough(): Ajv {
  if (!thoroughCompiler) {
    const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
    const isLoose = { strictTypes: false, strictRequired: false };
    thoroughCompiler = new Ajv2020({ ...COMPILED_ONCE, allErrors: true, ...isLoose });
  }
  return thoroughCompiler;
}

function pathOf({ instancePath }: ErrorObject): YamlPath {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function where(path: YamlPath): string {
  return path.length === 0 ? 'the document ' : `'${path.join('.')}' `;
}

function complaint({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    return `has an unknown field '${String(params['additionalProperty'])}'`;
  }
  if (keyword === 'enum') {
    return `must be one of: ${(params['allowedValues'] as unknown[]).join(', ')}`;
  }
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`;
  return message ?? 'is not valid';
}

function fixFor({ keyword, params, parentSchema }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
    return known.length > 0
      ? `Remove it, or use one of: ${known.sort().join(', ')}.`
      : 'Remove it.';
  }
  if (keyword === 'required') return `Add '${String(params['missingProperty'])}'.`;
  if (keyword === 'enum') return 'Use one of the values listed.';
  // A schema's description says what the value should look like.
  const hint: unknown = parentSchema?.['description'];
  return typeof hint === 'string' ? hint : 'Correct the value.';
}
