import { notBelievedFrom, windowBefore } from '../../core/window.ts';
import { type Check, ok, warning } from '../check.ts';
import { shortName } from '../estate.ts';
import { counted, timeText } from '../words.ts';

interface Ahead {
  readonly source_table: string;
  readonly layer: string;
  readonly resource_id: string | null;
  readonly records: number;
  readonly last_at: string;
}

export const dates: Check = {
  name: 'dates',
  area: 'evidence',
  asks: 'Are records dated in the future?',
  async examine(patient) {
    const store = await patient.heard();
    const now = patient.given.now();
    const ahead = await store.query<Ahead>('queries/sre/records_dated_ahead.sql', {
      after_at: notBelievedFrom(now).toISOString(),
      from_at: windowBefore(now, '30d').from,
    });
    if (ahead.length === 0) {
      return ok('no record of the last 30 days is dated more than a day ahead of now');
    }
    const [believed] = await store.query<{ newest_at: string | null }>(
      'slo/evidence_end_before.sql',
      { before_at: notBelievedFrom(now).toISOString() },
    );
    if (believed?.newest_at == null) {
      return warning("every record is dated more than a day ahead of this machine's clock", {
        why: 'Windows that end by themselves end with the newest record then, whatever its time',
        mend: 'sudo systemctl restart systemd-timesyncd   # or chrony; where telemetry is simulated, let it be',
      });
    }
    return ahead.map(({ source_table: table, layer, resource_id: id, records, last_at }) =>
      warning(
        `${counted(records, 'record')} of ${table} (${id === null ? layer : shortName(id)}) dated more than a day ahead of now, up to ${timeText(last_at)}`,
        {
          why: 'They are in no window that ends by itself, and controls over the time in which they came are not_provable',
          mend: 'Mend the clock, zone or unit of what wrote them. They are kept; controls whose window begins a day after they came are not in doubt any more.',
        },
      ),
    );
  },
};
