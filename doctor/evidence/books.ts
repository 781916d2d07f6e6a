import { type Check, type Finding, ok, Skipped, warning } from '../check.ts';
import { counted, percentText } from '../words.ts';

/** A few records that cannot be used come in everybody's telemetry. */
const MANY_REJECTS = 0.01;

interface Books {
  readonly received: number;
  readonly stored: number;
  readonly rejected: number;
  readonly truncated: number;
  readonly gaps: number;
  readonly uncorrelated: number;
}

export const books: Check = {
  name: 'books',
  area: 'evidence',
  asks: 'Was much of what was read set aside, cut or lost, and has all that is stored been correlated?',
  async examine(patient) {
    const store = await patient.evidence();
    const [found] = await store.query<Books>('doctor/evidence/books.sql');
    if (!found || found.received === 0) throw new Skipped('nothing has been ingested yet');
    const { received, stored, rejected, truncated, gaps, uncorrelated } = found;
    const { commandLine } = patient.given;
    const findings: Finding[] = [];
    if (rejected > received * MANY_REJECTS) {
      findings.push(
        warning(
          `${counted(rejected, 'record')} of ${counted(received, 'record')} could not be used (${percentText(rejected, received)})`,
          { mend: `${commandLine('coverage --of rejects')}   # which, and why` },
        ),
      );
    }
    if (gaps > 0) {
      findings.push(
        warning(`${counted(gaps, 'gap')} in the streams: those events never will be stored`, {
          why: 'No zero can be proven for a time with a gap',
          mend: `${commandLine('coverage --of gaps')}   # read more often than the hub's retention lasts`,
        }),
      );
    }
    if (truncated > 0) {
      findings.push(
        warning(`${counted(truncated, 'record')} were cut by their sender`, {
          why: 'What was cut off is evidence that is missing; logged bodies are the usual cause',
          mend: `${commandLine('coverage --of sampling')}   # which source`,
        }),
      );
    }
    if (uncorrelated > 0) {
      findings.push(
        warning(`${counted(uncorrelated, 'record')} are stored, and not in any call yet`, {
          mend: commandLine('correlate'),
        }),
      );
    }
    if (findings.length > 0) return findings;
    return ok(
      `${counted(stored, 'record')} stored and correlated, ${counted(rejected, 'record')} set aside`,
    );
  },
};
