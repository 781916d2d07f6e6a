import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Check, failed, ok } from '../check.ts';

const CLIENTS = [
  '@azure/identity',
  '@azure/event-hubs',
  '@azure/monitor-query-logs',
  '@azure-rest/core-client',
] as const;

export const clients: Check = {
  name: 'clients',
  area: 'machine',
  asks: 'Which versions of the clients of Azure are installed?',
  async examine() {
    const { resolve } = createRequire(import.meta.url);
    const found = CLIENTS.map((name) => {
      try {
        const text = readFileSync(resolve(`${name}/package.json`), 'utf8');
        return `${name} ${(JSON.parse(text) as { version: string }).version}`;
      } catch {
        return name;
      }
    });
    const missing = found.filter((each) => !each.includes(' '));
    if (missing.length === 0) return ok(found.join(', '));
    return failed(`not installed: ${missing.join(', ')}`, {
      mend: `npm install ${missing.join(' ')}`,
    });
  },
};
