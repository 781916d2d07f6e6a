import { UserError } from '../../core/errors.ts';
import {
  readYamlFile,
  validate,
  type YamlDocument,
  type YamlOptions,
  type YamlPath,
} from '../../core/yaml-file.ts';
import { type SchemaName, schemaOf } from './schema.ts';

/** A file of one YAML document that keeps to its schema. An empty file says nothing: `{}`. */
export function readDocument(file: string, schema: SchemaName): YamlDocument {
  const document = onlyDocumentOf(file, {}) ?? { file, value: {}, lineOf: () => 1 };
  validate(document, schemaOf(schema));
  return document;
}

/** The same of a file whose rows take the place of what it gave before: empty, it has lost them, and is refused. */
export function readFilledDocument(
  file: string,
  schema: SchemaName,
  options: YamlOptions = {},
): YamlDocument {
  const document = onlyDocumentOf(file, options);
  if (document === undefined) {
    throw new UserError(
      'config_invalid',
      `'${file}' is empty.`,
      'Put back what it held, or take it out of the config.',
    );
  }
  validate(document, schemaOf(schema));
  return document;
}

/** Undefined: nothing is in the file. */
function onlyDocumentOf(file: string, options: YamlOptions): YamlDocument | undefined {
  const [first, second] = readYamlFile(file, 'config_invalid', options);
  if (second) {
    throw configInvalid(
      second,
      [],
      'a second document starts here; only one is read.',
      "Put everything into one document, without a line '---' between.",
    );
  }
  return first === undefined || first.value === null ? undefined : first;
}

/** What is wrong with a file of the user's, at which line, and what to write instead. */
export function configInvalid(
  document: Pick<YamlDocument, 'file' | 'lineOf'>,
  path: YamlPath,
  problem: string,
  fix: string,
): UserError {
  return new UserError(
    'config_invalid',
    `${document.file}:${document.lineOf(path)}: ${problem}`,
    fix,
  );
}
