import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { packagePath } from '../../core/package-root.ts';

/** Figures that others have published or that their programs gave; see fixtures/vectors/README.md. */
function bytes(name: string): Buffer {
  return readFileSync(packagePath('test', 'slo', 'fixtures', 'vectors', name));
}

export function vectors<T>(name: string): T {
  return JSON.parse(bytes(name).toString('utf8')) as T;
}

export function vectorLines<T>(name: string): T[] {
  const text = name.endsWith('.gz') ? gunzipSync(bytes(name)) : bytes(name);
  return text
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
