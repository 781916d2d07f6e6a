import { readFileSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import { packagePath } from '../../core/package-root.ts';
import { type Check, failed, ok, warning } from '../check.ts';

export const duckdb: Check = {
  name: 'duckdb',
  area: 'machine',
  asks: 'Does the database engine run, in the version that this program was tested with?',
  async examine() {
    const wanted = pinnedVersion();
    let version: string;
    try {
      const { Store } = await import('../../store/store.ts');
      using store = await Store.inMemory();
      const [row] = await store.rows('select version() as version');
      version = String(row?.['version']).replace(/^v/, '');
    } catch (error) {
      return failed(`DuckDB does not run here: ${messageOf(error).split('\n')[0]}`, {
        why: 'Its binary is a package of its own for each platform, which --no-optional leaves out',
        mend: 'npm install --include=optional @duckdb/node-api',
        code: 'store_unreadable',
      });
    }
    if (wanted.startsWith(version)) return ok(`DuckDB ${version}`);
    return warning(`DuckDB ${version}, where ${wanted} was tested`, {
      mend: `npm install --save-exact @duckdb/node-api@${wanted}`,
    });
  },
};

function pinnedVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return dependencies['@duckdb/node-api'] ?? '';
}
