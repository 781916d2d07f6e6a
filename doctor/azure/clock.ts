import { type Check, failed, ok, Skipped, warning } from '../check.ts';
import { durationText } from '../words.ts';

/** Tokens and signatures are refused beyond it. */
const REFUSED_MS = 300_000;
/** "The last 24 hours" would begin at the wrong time, and late rows look early. */
const FAR_MS = 10_000;

export const clock: Check = {
  name: 'clock',
  area: 'azure',
  asks: "How far is this machine's clock from Azure's?",
  async examine({ estate }) {
    const origins = await estate.origins();
    const answers = await Promise.allSettled(origins.map((origin) => estate.reach(origin)));
    const ahead = answers
      .flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
      .filter(({ aheadMs }) => aheadMs !== undefined)
      .toSorted((a, b) => a.withinMs - b.withinMs)[0];
    if (ahead?.aheadMs === undefined) throw new Skipped('no service of Azure said what time it is');
    const { aheadMs, withinMs } = ahead;
    if (Math.abs(aheadMs) <= Math.max(withinMs, FAR_MS)) {
      return ok(
        `this machine's clock is Azure's, within ${durationText(Math.max(withinMs, Math.abs(aheadMs)))}`,
      );
    }
    const found = `this machine's clock is ${durationText(aheadMs)} ${aheadMs > 0 ? 'behind' : 'ahead of'} Azure's`;
    const mend = 'sudo timedatectl set-ntp true';
    return Math.abs(aheadMs) > REFUSED_MS
      ? failed(found, { why: 'Tokens and signatures are refused beyond 5 minutes', mend })
      : warning(found, { why: 'Windows such as --since 24h begin at the wrong time', mend });
  },
};
