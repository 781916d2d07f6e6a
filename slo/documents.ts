import { readYamlFile, validate, type YamlDocument, type YamlPath } from '../core/yaml-file.ts';
import { at, definitionInvalid, type Place, placeWithin } from './place.ts';
import { KINDS } from './schema/kinds.ts';
import { OWN_KINDS, OWN_VERSION } from './schema/own-kinds.ts';

const API_VERSION = 'openslo/v1';

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

  get size(): number {
    return this.#documents.size;
  }
}

/** Reads files of OpenSLO documents; each document, or each item of a list, is one definition. */
export function readDocuments(paths: readonly string[]): Documents {
  const documents = new Documents();
  for (const path of paths) {
    for (const yaml of readYamlFile(path, 'definition_invalid').flatMap(itemsOf)) {
      documents.add(checked(yaml));
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
  const isOwn = apiVersion === OWN_VERSION;
  if (apiVersion !== API_VERSION && !isOwn) throw wrongVersion(yaml, apiVersion);
  const kinds = isOwn ? OWN_KINDS : KINDS;
  const schema = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!schema) {
    throw definitionInvalid(
      yaml,
      ['kind'],
      `'${kind}' is not a kind of ${isOwn ? OWN_VERSION : 'OpenSLO v1'} document.`,
      `Use one of: ${Object.keys(kinds).join(', ')}.`,
    );
  }
  refuseNulls(yaml, yaml.value, []);
  validate(yaml, schema, 'definition_invalid');
  const { metadata, spec } = yaml.value as { metadata: Metadata; spec?: unknown };
  return { kind, metadata, spec: spec ?? {}, place: yaml };
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
