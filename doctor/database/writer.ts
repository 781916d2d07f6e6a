import type { AboutDatabase } from '../../store/clickhouse/about.ts';
import type { Worker } from '../../store/clickhouse/workers.ts';
import { type Check, type Finding, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { counted, durationText, listed, timeText } from '../words.ts';

export const writer: Check = {
  name: 'writer',
  area: 'database',
  asks: 'Which process adds to the database, and is it still there?',
  async examine(patient) {
    const { self, now } = patient.given;
    const store = await patient.evidence();
    if (!store.isFile) return ofServer(await patient.aboutDatabase(), patient);
    const { holderOfLease } = await import('../../store/lease.ts');
    const holder = await holderOfLease(store, self, now());
    if (holder === undefined) return ok('no process adds to it');
    const { purpose, pid, host, since, isThere } = holder;
    const age = durationText(now().getTime() - Date.parse(since));
    const who = `'${purpose}', process ${pid} on ${host}`;
    if (isThere) return ok(`${who}, adds to it since ${timeText(since)} (${age})`);
    return warning(`${who}, ended without giving it back; it began ${timeText(since)}`, {
      why: KILLED,
      mend: `${patient.given.commandLine('run')}   # takes over, and reads the rest`,
    });
  },
};

const KILLED = 'It was killed, or its machine went away: what it had committed is kept';

/** On a server there may be many. */
function ofServer({ workers, commits }: AboutDatabase, { given }: Patient): Finding | Finding[] {
  const troubles = workers
    .filter(({ isThere }) => !isThere)
    .map((worker) =>
      warning(`${inWords(worker)}; ended without giving it back, ${silence(worker)} ago`, {
        why: KILLED,
        mend: `${given.commandLine('run')}   # takes over, and reads the rest`,
      }),
    );
  const isCommitting = workers.some(({ does, isThere }) => does === 'commits' && isThere);
  if (commits > 0 && !isCommitting) {
    troubles.push(
      warning(`${counted(commits, 'commit')} made, and the rows not all in their places`, {
        why: 'Its process ended in between: questions do not see them yet',
        mend: `${given.commandLine('run')}   # any command that writes puts them there`,
      }),
    );
  }
  if (troubles.length > 0) return troubles;
  return ok(workers.length === 0 ? 'no process adds to it' : workers.map(inWords).join('; '));
}

function inWords({ host, pid, does, partitions }: Worker): string {
  const who = `process ${pid} on ${host}`;
  if (does === 'commits') return `${who} commits, or waits for its turn`;
  if (partitions.length === 0) return `${who} waits for partitions to read`;
  return `${who} reads ${counted(partitions.length, 'partition')} (${listed(partitions)})`;
}

const silence = ({ silentMs }: Worker): string => durationText(silentMs);
