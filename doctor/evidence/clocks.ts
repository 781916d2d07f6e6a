import { type Check, ok, Skipped, warning } from '../check.ts';
import { counted, durationText } from '../words.ts';

interface Skew {
  readonly server_id: string;
  readonly calls: number;
  readonly skew_ms: number;
}

/** Windows of time on both sides overlap less and less beyond it. */
const FAR_MS = 2_500;

export const clocks: Check = {
  name: 'clocks',
  area: 'evidence',
  asks: "How far is each server's clock from the gateway's?",
  async examine(patient) {
    const store = await patient.evidence();
    const { correlation } = await patient.config();
    const servers = await store.query<Skew>('doctor/evidence/skew_by_server.sql');
    if (servers.length === 0) throw new Skipped('no call has been seen by both sides yet');
    const far = servers.filter(
      ({ skew_ms }) => Math.abs(skew_ms) > Math.max(correlation.skewMs, FAR_MS),
    );
    if (far.length > 0) {
      return far.map(({ server_id, skew_ms, calls }) =>
        warning(
          `${server_id}'s clock is ${durationText(skew_ms)} ${skew_ms > 0 ? 'ahead of' : 'behind'} the gateway's (${counted(calls, 'call')})`,
          {
            why: 'Calls without a trace are joined by time; estimated skew is corrected, and a clock that wanders is not',
            mend: 'sudo systemctl restart systemd-timesyncd   # or chrony, on the server; on Azure hosts: the app sends its own times',
          },
        ),
      );
    }
    const widest = servers.reduce((a, b) => (Math.abs(b.skew_ms) > Math.abs(a.skew_ms) ? b : a));
    return ok(
      `${counted(servers.length, 'server')} within ${durationText(widest.skew_ms)} of the gateway's clock`,
    );
  },
};
