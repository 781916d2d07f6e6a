import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { convertPathToPattern, globSync, isDynamicPattern } from 'tinyglobby';
import type { YamlDocument, YamlPath } from '../../core/yaml-file.ts';
import { configInvalid } from './document.ts';

/** The folder that a config file's relative paths start from. */
export function folderOf(file: string): string {
  return resolve(dirname(file));
}

/** A path or glob of the config, absolute. A folder's own name is never read as a glob. */
export function absolutePattern(folder: string, pattern: string): string {
  if (isAbsolute(pattern)) return pattern;
  const path = join(folder, pattern);
  if (existsSync(path) || !isDynamicPattern(pattern)) return path;
  return `${convertPathToPattern(folder)}/${pattern.replace(/^(\.\/)+/, '')}`;
}

/** The files that the patterns at `key` of the config name, each once, in order of name. */
export function filesNamed(
  document: YamlDocument,
  folder: string,
  key: string,
  patterns: readonly string[],
): string[] {
  const found = patterns.flatMap((pattern, index) =>
    filesOf(document, [key, index], absolutePattern(folder, pattern)),
  );
  return [...new Set(found)];
}

function filesOf(document: YamlDocument, path: YamlPath, pattern: string): string[] {
  if (existsSync(pattern)) return [pattern];
  const files = isDynamicPattern(pattern)
    ? globSync(pattern, { absolute: true, dot: true, expandDirectories: false }).toSorted()
    : [];
  if (files.length > 0) return files;
  throw configInvalid(
    document,
    path,
    `no file is at '${pattern}'.`,
    "Correct the path; it is relative to the config file's folder.",
  );
}
