import { type Check, ok, warning } from '../check.ts';
import { durationText, timeText } from '../words.ts';

export const writer: Check = {
  name: 'writer',
  area: 'database',
  asks: 'Which process adds to the database, and is it still there?',
  async examine(patient) {
    const { self, now } = patient.given;
    const store = await patient.evidence();
    const { holderOfLease } = await import('../../store/lease.ts');
    const holder = await holderOfLease(store, self, now());
    if (holder === undefined) return ok('no process adds to it');
    const { purpose, pid, host, since, isThere } = holder;
    const age = durationText(now().getTime() - Date.parse(since));
    const who = `'${purpose}', process ${pid} on ${host}`;
    if (isThere) return ok(`${who}, adds to it since ${timeText(since)} (${age})`);
    return warning(`${who}, ended without giving it back; it began ${timeText(since)}`, {
      why: 'It was killed, or its machine went away: what it had committed is kept',
      mend: `${patient.given.commandLine('run')}   # takes over, and reads the rest`,
    });
  },
};
