import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a folder in which a text is, as it is, in UTF-16, or in Base64 at any of its three offsets. */
export function filesWith(folder: string, text: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + text).toString('base64');
    return Buffer.from(encoded.slice(before === 0 ? 0 : 4, -4));
  });
  const needles = [Buffer.from(text), Buffer.from(text, 'utf16le'), ...base64];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}
