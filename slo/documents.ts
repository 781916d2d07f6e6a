import { readYamlFile, validate, type YamlDocument, type YamlPath } from '../core/yaml-file.ts';
import { relaxed } from './compat.ts';
import { API_VERSION, conformanceProblems } from './conformance.ts';
import { at, definitionInvalid, type Place, placeWithin } from './place.ts';
import { KINDS } from './schema/kinds.ts';
import { OWN_KINDS, OWN_VERSION } from './schema/own-kinds.ts';

export interface Metadata {
  readonly name: string;
  readonly displayName?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OpenSLO document whose structure was checked. */
export interface SloDocument<Spec = unknown> {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Spec;
  readonly place: Place;
  /** OpenSLO that was not written for mcp-witness: it does not say which rows are counted. */
  readonly isForeign: boolean;
  readonly yaml: YamlDocument;
}

export interface ReadOptions {
  /** `compat` takes a few slips that are common in files of the field, and tells each. */
  readonly mode?: 'strict' | 'compat';
}

/** The OpenSLO documents of some files, found by kind and name. */
export class Documents {
  readonly #documents = new Map<string, SloDocument>();

  add(document: SloDocument): void {
    const key = `${document.kind}/${document.metadata.name}`;
    const earlier = this.#documents.get(key);
    if (earlier) {
      throw definitionInvalid(
        document.place,
        ['metadata', 'name'],
        `the name '${document.metadata.name}' is already taken by the ${document.kind} at ${at(earlier.place)}.`,
        'Rename one of the two, or name each file once.',
      );
    }
    this.#documents.set(key, document);
  }

  find<Spec>(kind: string, name: string): SloDocument<Spec> | undefined {
    return this.#documents.get(`${kind}/${name}`) as SloDocument<Spec> | undefined;
  }

  ofKind<Spec>(kind: string): SloDocument<Spec>[] {
    return [...this.#documents.values()].filter(
      (document): document is SloDocument<Spec> => document.kind === kind,
    );
  }

  all(): SloDocument[] {
    return [...this.#documents.values()];
  }
}

/** Reads files of OpenSLO documents; each document, or each item of a list, is one definition. */
export function readDocuments(
  paths: readonly string[],
  { mode = 'strict' }: ReadOptions = {},
  warnings: string[] = [],
): Documents {
  const documents = new Documents();
  for (const path of paths) {
    for (const yaml of readYamlFile(path, 'definition_invalid').flatMap(itemsOf)) {
      const warn = (at_: YamlPath, what: string) => warnings.push(`${at(yaml, at_)}: ${what}.`);
      documents.add(
        checked(mode === 'strict' ? yaml : { ...yaml, value: relaxed(yaml.value, warn) }),
      );
    }
  }
  return documents;
}

function itemsOf(document: YamlDocument): YamlDocument[] {
  if (document.value === null || document.value === undefined) return [];
  if (!Array.isArray(document.value)) return [document];
  return document.value.map((value: unknown, index) => ({
    ...placeWithin(document, [index]),
    value,
  }));
}

function checked(yaml: YamlDocument): SloDocument {
  const { apiVersion, kind } = headOf(yaml);
  if (apiVersion === OWN_VERSION) return checkedOwn(yaml, kind);
  if (apiVersion !== API_VERSION) throw wrongVersion(yaml, apiVersion);
  const schema = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!schema) {
    throw definitionInvalid(
      yaml,
      ['kind'],
      `'${kind}' is not a kind of OpenSLO v1 document.`,
      `Use one of: ${Object.keys(KINDS).join(', ')}.`,
    );
  }
  const isForeign = isForeignTo(yaml.value as Item, kind);
  // What is ours to explain is explained here first.
  if (!OURS_TO_EXPLAIN.has(kind) || isForeign) ensureConformance(yaml);
  if (!isForeign) {
    refuseNulls(yaml, yaml.value, []);
    validate(yaml, schema, 'definition_invalid');
  }
  const { metadata, spec } = yaml.value as { metadata: Metadata; spec?: unknown };
  return { kind, metadata, spec: spec ?? {}, place: yaml, isForeign, yaml };
}

function checkedOwn(yaml: YamlDocument, kind: string): SloDocument {
  const schema = Object.hasOwn(OWN_KINDS, kind) ? OWN_KINDS[kind] : undefined;
  if (!schema) {
    throw definitionInvalid(
      yaml,
      ['kind'],
      `'${kind}' is not a kind of ${OWN_VERSION} document.`,
      `Use one of: ${Object.keys(OWN_KINDS).join(', ')}.`,
    );
  }
  refuseNulls(yaml, yaml.value, []);
  validate(yaml, schema, 'definition_invalid');
  const { metadata, spec } = yaml.value as { metadata: Metadata; spec: unknown };
  return { kind, metadata, spec, place: yaml, isForeign: false, yaml };
}

type Item = Readonly<Record<string, unknown>>;

/** The kinds that say what is promised and what is counted. */
const OURS_TO_EXPLAIN = new Set(['SLO', 'SLI']);

/** What says which rows are counted is written for mcp-witness; no other kind of document could. */
function isForeignTo({ metadata, spec }: Item, kind: string): boolean {
  if (!OURS_TO_EXPLAIN.has(kind)) return false;
  const names = Object.keys(((metadata ?? {}) as Item)['annotations'] ?? {});
  if (names.some((name) => name.startsWith('slo.mcp/'))) return false;
  return !hasSource(spec);
}

function hasSource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) =>
    key === 'metricSource' ? isOurs((each as Item | null)?.['spec']) : hasSource(each),
  );
}

function isOurs(spec: unknown): boolean {
  return typeof spec === 'object' && spec !== null && ('source' in spec || 'where' in spec);
}

/** What is not OpenSLO v1 is told as such, before it is told that it cannot be judged here. */
export function ensureConformance(yaml: YamlDocument): void {
  const [problem] = conformanceProblems(yaml.value);
  if (!problem) return;
  throw definitionInvalid(
    yaml,
    problem.path,
    `this is not valid OpenSLO v1: ${problem.problem}.`,
    problem.fix,
  );
}

function headOf({ value, ...place }: YamlDocument): { apiVersion: string; kind: string } {
  if (typeof value !== 'object' || value === null) {
    throw definitionInvalid(
      place,
      [],
      'this is not an OpenSLO document.',
      "Start it with 'apiVersion: openslo/v1' and 'kind: SLO'.",
    );
  }
  const { apiVersion, kind } = value as Record<string, unknown>;
  return { apiVersion: String(apiVersion ?? ''), kind: String(kind ?? '') };
}

function wrongVersion(yaml: YamlDocument, apiVersion: string): Error {
  return definitionInvalid(
    yaml,
    ['apiVersion'],
    apiVersion === ''
      ? "the document has no 'apiVersion'."
      : `the apiVersion '${apiVersion}' is not supported.`,
    `Write the definition as '${API_VERSION}', the version that mcp-witness reads.`,
  );
}

/** `target:` without a value is a slip of the pen, and must not read as "not given". */
function refuseNulls(place: Place, value: unknown, path: YamlPath): void {
  if (value === null) {
    throw definitionInvalid(
      place,
      path,
      `'${path.join('.')}' has no value.`,
      'Give it a value, or remove the line.',
    );
  }
  if (typeof value !== 'object') return;
  for (const [key, each] of Object.entries(value)) {
    refuseNulls(place, each, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}
