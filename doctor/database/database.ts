import { UserError } from '../../core/errors.ts';
import type { Check } from '../check.ts';
import { lookAtFile } from './file.ts';
import { lookAtServer } from './server.ts';
import { whyNot } from './why-not.ts';

export const database: Check = {
  name: 'database',
  area: 'database',
  asks: 'Is the database there, is it one of ours, and of a schema that this program knows?',
  async examine(patient) {
    const target = await patient.target();
    try {
      return target.engine === 'duckdb'
        ? await lookAtFile(patient, target.path)
        : await lookAtServer(patient, target);
    } catch (error) {
      if (error instanceof UserError) return whyNot(error, target, patient);
      throw error;
    }
  },
};
