import { type Check, ok, Skipped, warning } from '../check.ts';
import { counted, percentText } from '../words.ts';

/** Below it, what the two sides log does not fit together. */
const FEW = 0.8;

interface Matches {
  readonly calls: number;
  readonly matched: number;
  readonly by_trace: number;
  readonly gateway_only: number;
  readonly server_only: number;
}

export const matches: Check = {
  name: 'matches',
  area: 'evidence',
  asks: 'Do the records of gateway and server find each other?',
  async examine(patient) {
    const store = await patient.evidence();
    const [found] = await store.query<Matches>('doctor/evidence/matches.sql');
    if (!found || found.calls === 0) throw new Skipped('no tool call has been correlated yet');
    const { calls, matched, by_trace, gateway_only, server_only } = found;
    const said = `${percentText(matched, calls)} of ${counted(calls, 'call')} seen by both sides, ${percentText(by_trace, calls)} joined by a trace`;
    if (matched >= calls * FEW) return ok(said);
    return warning(
      `only ${said}; gateway alone ${counted(gateway_only, 'call')}, server alone ${counted(server_only, 'call')}`,
      {
        why: 'Either one side is not ingested for all servers, or no trace leads from the one to the other',
        mend: `${patient.given.commandLine('coverage --of servers --wide')}   # which servers; then headers and W3C, below`,
      },
    );
  },
};
