import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the peer does for who asks: rows come and go by files, which a server takes from the request. */
const OF_THE_PEER = 'FILE ON *.*';

/**
 * What the engine is started with so that its one user may do no more than this; undefined: everything. `config` is
 * what it is started with otherwise.
 */
export function allowing(
  folder: string,
  config: readonly string[],
  grants: readonly string[] | undefined,
): readonly string[] {
  if (grants === undefined) return config;
  const [users, empty] = [join(folder, 'users.xml'), join(folder, 'empty.xml')];
  const queries = [...grants, OF_THE_PEER].map((grant) => `<query>GRANT ${grant}</query>`);
  writeFileSync(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
<password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<grants>${queries.join('\n')}</grants>
</default></users></clickhouse>`,
  );
  // Without a file of its own it does not look at that of the users.
  writeFileSync(empty, '<clickhouse/>');
  return [...(config.length > 0 ? config : [`--config-file=${empty}`]), `--users_config=${users}`];
}
