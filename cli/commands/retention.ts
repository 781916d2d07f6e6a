import { statSync } from 'node:fs';
import { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { notBelievedFrom } from '../../core/window.ts';
import type { Config } from '../../ingest/config/config.ts';
import type { Cut, OldRows } from '../../store/retention/retention.ts';
import type { Store } from '../../store/store.ts';
import type { Io } from '../io.ts';
import { changeStore, readStore, rewriteStore } from '../open.ts';
import { type CommonOptions, withExamples, withStore } from '../options.ts';
import { correlateInto } from '../pipeline.ts';

interface Options extends CommonOptions {
  readonly all?: boolean;
}

/** `retention`: what is older than it is to be kept. */
export function retentionCommand(io: Io): Command {
  const command = new Command('retention')
    .description('Remove what is older than the config keeps; nothing else does')
    .addCommand(planCommand(io))
    .addCommand(applyCommand(io));
  return withExamples(command, 'retention plan', 'retention apply');
}

function planCommand(io: Io): Command {
  return withStore(new Command('plan'))
    .description('Say what would be removed now, and change nothing')
    .action((options: Options) =>
      readStore(options, io, async (store, config) => {
        for (const cut of cutsOf(config, io)) tell(await count(store, cut), 'would remove', io);
      }),
    );
}

function applyCommand(io: Io): Command {
  return withStore(new Command('apply'))
    .description('Remove it, note what was removed, and make the calls of what is left')
    .option('--all', 'also where no evidence would be left')
    .action(async (options: Options) => {
      const removed = await changeStore(options, io, (store, config) =>
        apply(store, config, options, io),
      );
      if (removed.rows > 0 && removed.isFile) await rewrite(removed, io);
    });
}

interface Removed {
  readonly rows: number;
  readonly path: string;
  readonly isFile: boolean;
  readonly config: Config;
}

async function apply(store: Store, config: Config, options: Options, io: Io): Promise<Removed> {
  const { Lease } = await import('../../store/lease.ts');
  const cuts = cutsOf(config, io);
  const lease = store.isFile
    ? await Lease.take(store, 'retention apply', io.self, io.now())
    : undefined;
  let rows = 0;
  try {
    // Which evidence belongs to which call decides what goes with it.
    if (cuts.some(({ class: name }) => name === 'evidence')) {
      await correlateInto(store, config, io, false);
    }
    for (const cut of cuts) {
      const counts = await count(store, cut);
      const found = sum(counts);
      if (found > 0) {
        if (cut.class === 'evidence' && options.all !== true)
          await refuseAll(store, counts, io.now());
        await store.removeOld(cut, counts, io.now().toISOString());
      }
      tell(counts, 'removed', io);
      rows += found;
    }
    if (rows > 0) await correlateInto(store, config, io, true);
  } finally {
    await lease?.release();
  }
  return { rows, path: store.path, isFile: store.isFile, config };
}

/** The whole days that each class keeps, up to today. */
function cutsOf({ retention, file }: Config, io: Io): Cut[] {
  const cuts: Cut[] = [];
  const cut = (name: Cut['class'], days: number | undefined): void => {
    if (days === undefined) return;
    const midnight = new Date(`${io.now().toISOString().slice(0, 10)}T00:00:00Z`);
    const keptFrom = new Date(midnight.getTime() - days * 86_400_000).toISOString();
    cuts.push({ class: name, keptFrom });
  };
  cut('evidence', retention.evidenceDays);
  cut('verdicts', retention.verdictsDays);
  if (cuts.length > 0) return cuts;
  throw new UserError(
    'config_invalid',
    file === undefined
      ? 'Without a config nothing says how long anything is kept.'
      : `${file} does not say how long anything is kept.`,
    "Write 'retention: { evidence: 400d, verdicts: 2555d }' into the config (mcp-witness.yaml, or --config); without it everything is kept.",
  );
}

async function count(store: Store, cut: Cut): Promise<OldRows[]> {
  const { countOld } = await import('../../store/retention/retention.ts');
  return countOld(store, cut);
}

const sum = (counts: readonly OldRows[]): number =>
  counts.reduce((total, { rows }) => total + rows, 0);

/** A clock that is wrong, or a store that nobody writes to any more, would leave nothing. */
async function refuseAll(store: Store, counts: readonly OldRows[], now: Date): Promise<void> {
  // A time that has not come is no sign that the rest is old.
  const [row] = await store.query<{ events: number }>('store/retention/believed_events.sql', {
    before_at: notBelievedFrom(now).toISOString(),
  });
  const gone = counts.find(({ table }) => table === 'events')?.rows ?? 0;
  if (Number(row?.events) > gone) return;
  throw new UserError(
    'usage_invalid',
    `All ${grouped(gone)} events of '${store.path}' are older than what is kept; nothing would be left.`,
    "Check 'retention' in the config and this machine's clock; if it is meant, repeat with --all.",
  );
}

function tell(counts: readonly OldRows[], did: string, io: Io): void {
  const [first] = counts;
  if (first === undefined) return;
  const tables = counts
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows }) => `${grouped(rows)} ${table}`);
  const what = tables.length === 0 ? 'nothing' : tables.join(', ');
  io.err(
    `retention: ${did} of ${first.class} before ${first.keptFrom.slice(0, 10)} (UTC): ${what}\n`,
  );
}

/** What was removed is in the free blocks of the file until it is written anew. */
async function rewrite({ path, config }: Removed, io: Io): Promise<void> {
  const before = statSync(path).size;
  await rewriteStore(path, config, io);
  io.err(
    `retention: the file is written anew: ${grouped(before)} bytes before, ${grouped(statSync(path).size)} now\n`,
  );
}
