import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import type { Target } from '../../store/engines.ts';
import type { Destination, Moved } from '../../store/moving/move.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { type Place, placeNamed, readStore } from '../open.ts';
import { type CommonOptions, withExamples, withStore } from '../options.ts';

interface Options extends CommonOptions {
  readonly to: string;
}

/** `migrate`: a store of one engine into an empty one of the other. */
export function migrateCommand(io: Io): Command {
  const command = withStore(new Command('migrate'))
    .description('Move all that is stored to another engine or place, and compare what arrived')
    .requiredOption('--to <config>', "config whose 'store:' names where to; nothing may be there")
    .action(async (options: Options) => {
      const into = await placeNamed(options.to, io);
      await readStore(options, io, (store) => moveInto(store, into, options, io));
    });
  return withExamples(
    command,
    'migrate --db witness.duckdb --to clickhouse.yaml',
    'migrate --config clickhouse.yaml --to mcp-witness.yaml',
  );
}

async function moveInto(
  store: Store,
  { target, memoryLimit }: Place,
  { to }: Options,
  io: Io,
): Promise<void> {
  const key = await keyToMove(store, target, io);
  const { openToMove } = await import('../../store/engines.ts');
  const { moveStore } = await import('../../store/moving/move.ts');
  const destination = await openToMove(target, { memoryLimit, self: io.self });
  const noted = key === undefined ? destination : await noting(key, destination);
  const moved = await moveStore(store, noted, io.self, (table, no, tables) =>
    io.progress(`migrate ${no}/${tables}  ${table}`),
  ).finally(() => destination.store.close());
  for (const each of moved) tell(each, io);
  io.err(
    `migrate: every table compared by rows and hashes; next, the first correlation there looks at everything: ${io.program} correlate --config ${to}\n`,
  );
}

/** What is hashed in one store must be hashed alike in the other: else nothing that comes later is the same. */
async function keyToMove(store: Store, target: Target, { env }: Io): Promise<string | undefined> {
  const { foundKeys } = await import('../../ingest/store-key.ts');
  const { isGivenItsKey } = await import('../../ingest/settle-key.ts');
  const { given, kept } = foundKeys(store.path, env['MCP_WITNESS_KEY']);
  if (given === undefined) {
    if (target.engine === 'duckdb' && kept === undefined && store.isFile) return undefined;
    throw new UserError(
      'input_missing',
      'MCP_WITNESS_KEY is not set: the hashes of the target have to be made with the key of this store.',
      kept === undefined
        ? 'Give the key that this store was written with.'
        : `Give the key of this store, which is in '${store.path}.key'.`,
    );
  }
  if (await isGivenItsKey(store, { given, kept })) return given;
  throw new UserError(
    'config_invalid',
    `MCP_WITNESS_KEY is not the key that '${store.path}' was written with.`,
    kept === undefined || kept === given
      ? 'Give the key of this store.'
      : `Give the one that is in '${store.path}.key'.`,
  );
}

/** A store from before keys were noted has none to be moved; where it comes to, nothing else could tell a wrong one. */
async function noting(key: string, destination: Destination): Promise<Destination> {
  const { noteMovedKey } = await import('../../ingest/settle-key.ts');
  const finish = async () => {
    await noteMovedKey(destination.store, key);
    await destination.finish();
  };
  return { ...destination, finish };
}

function tell({ table, rows, chunks, found }: Moved, io: Io): void {
  if (rows === 0) return;
  const days = chunks > 1 ? ` in ${grouped(chunks)} days` : '';
  const there = found > 0 ? `, ${found === chunks ? 'all' : grouped(found)} there already` : '';
  io.err(`migrate: ${table} ${grouped(rows)} rows${days}${there}\n`);
}
