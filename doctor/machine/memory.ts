import { totalmem } from 'node:os';
import { type Check, ok, warning } from '../check.ts';
import { bytesText } from '../words.ts';

/** DuckDB's own bound is 1.2 GB; answers of Azure and the program come on top. */
const WANTED_BYTES = 2e9;

export const memory: Check = {
  name: 'memory',
  area: 'machine',
  asks: 'Does the machine have the memory that an ingest may take?',
  async examine() {
    const total = totalmem();
    const found = `${bytesText(total)} of memory`;
    if (total >= WANTED_BYTES) return ok(found);
    return warning(found, {
      why: `An ingest or a correlation may take ${bytesText(WANTED_BYTES)}`,
      mend: 'Run it on a larger machine, or give the container more memory.',
    });
  },
};
