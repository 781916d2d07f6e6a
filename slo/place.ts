import { UserError } from '../core/errors.ts';
import type { YamlPath } from '../core/yaml-file.ts';

/** Where in which file something was written. */
export interface Place {
  readonly file: string;
  lineOf(path: YamlPath): number;
}

/** The same document, seen from the value at `base`. */
export function placeWithin(place: Place, base: YamlPath): Place {
  return { file: place.file, lineOf: (path) => place.lineOf([...base, ...path]) };
}

/** What is wrong with a definition, where, and what to write instead. */
export function definitionInvalid(
  place: Place,
  path: YamlPath,
  problem: string,
  fix: string,
): UserError {
  return new UserError('definition_invalid', `${at(place, path)}: ${problem}`, fix);
}

/** 'file:line', as editors and terminals link it. */
export function at(place: Place, path: YamlPath = []): string {
  return `${place.file}:${place.lineOf(path)}`;
}
