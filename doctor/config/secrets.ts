import { type Check, type Finding, NO_CONFIG, ok, Skipped } from '../check.ts';

export const secrets: Check = {
  name: 'secrets',
  area: 'config',
  asks: 'Are the variables set that the config takes secrets from, and do they look like what they should be?',
  async examine(patient) {
    const { env } = patient.given;
    if ((await patient.config()).file === undefined) throw new Skipped(NO_CONFIG);
    const hubs = (await patient.estate.hubs()).filter(
      ({ connectionStringEnv }) => connectionStringEnv !== undefined,
    );
    if (hubs.length === 0) throw new Skipped('the config takes no secret from a variable');
    const { accessOf } = await import('../../ingest/event-hubs/access.ts');
    const { toldAs } = await import('../examine.ts');
    const findings: Finding[] = [];
    for (const hub of hubs) {
      // What is in it is looked at, and never shown.
      const set = ok(`${hub.connectionStringEnv} is set, and is a connection string`);
      findings.push(await accessOf(hub, { env }).then(() => set, toldAs));
    }
    return findings;
  },
};
