import { arch, platform, release } from 'node:os';
import { type Check, failed, ok } from '../check.ts';

export const node: Check = {
  name: 'node',
  area: 'machine',
  asks: 'Is this a Node that the program and the clients of Azure run on?',
  async examine({ given }) {
    const { node: version, oldestNode, version: own } = given;
    const said = `mcp-witness ${own} on Node ${version}, ${platform()} ${release()} ${arch()}`;
    if (isAtLeast(version, oldestNode)) return ok(said);
    return failed(`${said}; ${oldestNode} or later is needed`, {
      mend: 'Install a newer Node, or start mcp-witness with one.',
    });
  },
};

function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
