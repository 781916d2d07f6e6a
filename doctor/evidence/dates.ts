import { notBelievedFrom } from '../../core/window.ts';
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
    const ahead = await store.query<Ahead>('queries/sre/records_dated_ahead.sql', {
      after_at: notBelievedFrom(patient.given.now()).toISOString(),
    });
    if (ahead.length === 0) return ok('no record is dated more than a day ahead of now');
    return ahead.map(({ source_table: table, layer, resource_id: id, records, last_at }) =>
      warning(
        `${counted(records, 'record')} of ${table} (${id === null ? layer : shortName(id)}) dated more than a day ahead of now, up to ${timeText(last_at)}`,
        {
          why: 'They are in no window that ends by itself, and controls stay not_provable while they are there',
          mend: 'Mend the clock, zone or unit of what wrote them, and read their source into a new database without them; they are not taken out of this one.',
        },
      ),
    );
  },
};
