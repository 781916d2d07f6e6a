import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { bytesText } from '../words.ts';

/** An ingest spills, and a reader beside it copies the file. */
const ROOM_BYTES = 1e9;
/** Too little even for a day's logs. */
const LEAST_BYTES = 200e6;

export const disk: Check = {
  name: 'disk',
  area: 'machine',
  asks: 'Is there room for the database, for what is spilled beside it, and for what is unpacked?',
  async examine(patient) {
    const target = await patient.target();
    const temporary = await roomAt(tmpdir(), 0, 'for temporary files');
    return worst(
      target.engine === 'duckdb'
        ? [await besideFile(resolve(target.path)), temporary]
        : [temporary],
    );
  },
};

function besideFile(path: string): Promise<Finding> {
  const size = existsSync(path) ? statSync(path).size : 0;
  return roomAt(dirname(path), size, 'beside the database');
}

async function roomAt(folder: string, databaseBytes: number, what: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(existing(folder));
  const free = bavail * bsize;
  const size = databaseBytes > 0 ? ` (${bytesText(databaseBytes)})` : '';
  const found = `${bytesText(free)} free ${what}${size}`;
  // A file that is written anew is there twice for a while.
  const wanted = Math.max(ROOM_BYTES, 2 * databaseBytes);
  const mend = `Make room in ${folder}, or name another place: --db FILE, or TMPDIR for temporary files.`;
  if (free < Math.max(LEAST_BYTES, databaseBytes / 10)) {
    return failed(`only ${found}`, { why: 'An ingest would stop in its middle', mend });
  }
  if (free < wanted) {
    return warning(`only ${found}`, {
      why: `${bytesText(wanted)} is what writing it anew, or an ingest beside a reader, may take`,
      mend,
    });
  }
  return ok(found);
}

/** A folder that is yet to be made lies in one that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

/** All troubles; where there are none, one line. */
function worst(places: readonly Finding[]): Finding | Finding[] {
  const troubles = places.filter(({ state }) => state !== 'ok');
  return troubles.length > 0 ? troubles : ok(places.map(({ found }) => found).join('; '));
}
