/** The oldest Node that this runs on; package.json says the same to npm. */
export const OLDEST_NODE = '22.12.0';

/** What to tell somebody whose Node is too old, or nothing. */
export function nodeComplaint(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `error: mcp-witness needs Node ${OLDEST_NODE} or later; this is ${version}.\n  fix: Install a newer Node, or start mcp-witness with one.\n`;
}
