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
export function readDocument(
  file: string,
  schema: SchemaName,
  options: YamlOptions = {},
): YamlDocument {
  const documents = readYamlFile(file, 'config_invalid', options);
  const [first, second] = documents;
  if (second) {
    throw configInvalid(
      second,
      [],
      'a second document starts here; only one is read.',
      "Put everything into one document, without a line '---' between.",
    );
  }
  const empty = { file, value: {}, lineOf: () => 1 };
  const document = first === undefined || first.value === null ? empty : first;
  validate(document, schemaOf(schema));
  return document;
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
