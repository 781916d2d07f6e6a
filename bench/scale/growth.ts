/** How evenly work is spread as workers and shards are added: partitions are counted, sessions are drawn and hashed. */

export interface GrownWorkers {
  readonly workers: number;
  /** Partitions of the worker that has most, and of the one that has least. */
  readonly most: number;
  readonly least: number;
  /** Of what so many workers could do, how much they do before the fullest is full. */
  readonly use: number;
}

/** Workers that come one after the other take partitions from who has most of them, as the load balancer of the client does. */
export function grownWorkers(partitions: number): GrownWorkers[] {
  const owned: number[] = [];
  const grown: GrownWorkers[] = [];
  for (let workers = 1; workers <= partitions + 1; workers += 1) {
    owned.push(workers === 1 ? partitions : 0);
    for (;;) {
      const most = owned.indexOf(Math.max(...owned));
      const least = owned.indexOf(Math.min(...owned));
      if ((owned[most] ?? 0) - (owned[least] ?? 0) <= 1) break;
      owned[most] = (owned[most] ?? 0) - 1;
      owned[least] = (owned[least] ?? 0) + 1;
    }
    const most = Math.max(...owned);
    grown.push({ workers, most, least: Math.min(...owned), use: partitions / (workers * most) });
  }
  return grown.filter(({ workers }) => [1, 2, 3, 6, 8, 12, 16, 24, 32, 33].includes(workers));
}

export interface GrownShards {
  readonly shards: number;
  /** Calls of the fullest shard, as a multiple of the mean. */
  readonly fullest: number;
  /** Of the sessions, how many are elsewhere with one shard more: by the highest weight, and by remainder. */
  readonly moved: number;
  readonly movedByRemainder: number;
}

const SESSIONS = 20_000;
const SEED = 0x9e3779b9;

/** Sessions of very different sizes, each on the shard for which its hash weighs most. */
export function grownShards(): GrownShards[] {
  const sizes = sessionSizes();
  const calls = sizes.reduce((sum, size) => sum + size, 0);
  return [2, 8, 32, 64].map((shards) => {
    const load = new Float64Array(shards);
    let moved = 0;
    let movedByRemainder = 0;
    for (const [session, size] of sizes.entries()) {
      const shard = heaviest(session, shards);
      load[shard] = (load[shard] ?? 0) + size;
      // One more shard takes a session only where it weighs more than all there were.
      if (heaviest(session, shards + 1) !== shard) moved += 1;
      if (mixed(session) % shards !== mixed(session) % (shards + 1)) movedByRemainder += 1;
    }
    return {
      shards,
      fullest: Math.max(...load) / (calls / shards),
      moved: moved / SESSIONS,
      movedByRemainder: movedByRemainder / SESSIONS,
    };
  });
}

/** Many have a few calls, few have thousands: the size falls with the root of the rank. */
function sessionSizes(): number[] {
  return Array.from({ length: SESSIONS }, (_, rank) => Math.ceil(2_000 / Math.sqrt(rank + 1)));
}

function heaviest(session: number, shards: number): number {
  let best = 0;
  let weight = -1;
  for (let shard = 0; shard < shards; shard += 1) {
    const its = mixed(mixed(session) ^ Math.imul(shard + 1, SEED));
    if (its > weight) {
      best = shard;
      weight = its;
    }
  }
  return best;
}

/** A number without any order left in it: the finalizer of MurmurHash3. */
function mixed(value: number): number {
  let bits = (value ^ SEED) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
