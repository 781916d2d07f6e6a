import { type Check, NOTHING_IN_AZURE, Skipped, skipped } from '../check.ts';
import { shortName } from '../estate.ts';
import { listed } from '../words.ts';
import { readAll } from './each-gateway.ts';

export const gateways: Check = {
  name: 'gateways',
  area: 'azure',
  asks: 'Can the API Management services be read, and which of their APIs are MCP servers?',
  async examine(patient) {
    try {
      return await readAll(patient);
    } catch (error) {
      const unnamed = await patient.estate.unnamedGateways();
      const isUnnamed = error instanceof Skipped && error.message === NOTHING_IN_AZURE;
      if (!isUnnamed || unnamed.length === 0) throw error;
      return {
        ...skipped(`${NOTHING_IN_AZURE}; the evidence is from ${listed(unnamed.map(shortName))}`),
        mend: [
          'azure:   # in the config',
          '  api_management:',
          ...unnamed.map((id) => `    - ${id}`),
        ].join('\n'),
      };
    }
  },
};
