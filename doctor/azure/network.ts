import { type Check, type Finding, ok, Skipped } from '../check.ts';
import { toldAs } from '../examine.ts';
import { listed } from '../words.ts';

export const network: Check = {
  name: 'network',
  area: 'azure',
  asks: 'Do the services answer that the config names, and the namespaces take a connection?',
  async examine({ estate }) {
    const origins = await estate.origins();
    const hubs = await estate.hubs();
    const answers = await Promise.all([
      ...origins.map((origin) => estate.reach(origin).then(() => ok(new URL(origin).host), toldAs)),
      ...hubs.map((hub) => estate.reachHub(hub).then(ok, toldAs)),
    ]);
    const troubles = answers.filter(({ state }) => state === 'failed');
    if (troubles.length > 0) return different(troubles);
    const reached = answers.filter(({ state }) => state === 'ok').map(({ found }) => found);
    const [first] = answers;
    if (reached.length === 0) throw new Skipped(first?.found ?? 'nothing is named that is reached');
    return ok(`${listed([...new Set(reached)])} answered`);
  },
};

/** Several sources may be at one place. */
function different(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [each.found, each])).values()];
}
