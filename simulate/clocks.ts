import type { Faults } from './fault-table.ts';
import type { Server } from './fleet/servers.ts';
import type { Micros } from './timestamps.ts';

const HOUR: Micros = 3_600_000_000;

/** How far a server's clock is ahead of the gateway's; it only changes from hour to hour. */
export function clockSkewMs(server: Server, at: Micros, { skew_ms, drift_ms }: Faults): number {
  const drift = drift_ms === 0 ? 0 : drift_ms * wander(server.id, Math.floor(at / HOUR));
  return server.skewShare * skew_ms + drift;
}

/** From -1 to 1, by server and hour: the same in every simulation. */
function wander(name: string, hour: number): number {
  let mixed = hour | 0;
  for (let index = 0; index < name.length; index += 1) {
    mixed = Math.imul(mixed ^ name.charCodeAt(index), 0x01000193);
    mixed ^= mixed >>> 15;
  }
  return (mixed >>> 0) / 2 ** 31 - 1;
}
