import { type Check, type Finding, NO_CONFIG, ok, Skipped, warning } from '../check.ts';

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
    const { engine } = await patient.target();
    const findings: Finding[] = engine === 'clickhouse' ? [loginIn(env)] : [];
    if (hubs.length === 0) {
      if (findings.length > 0) return findings;
      throw new Skipped('the config takes no secret from a variable');
    }
    const { accessOf } = await import('../../ingest/event-hubs/access.ts');
    const { toldAs } = await import('../examine.ts');
    for (const hub of hubs) {
      // What is in it is looked at, and never shown.
      const set = ok(`${hub.connectionStringEnv} is set, and is a connection string`);
      findings.push(await accessOf(hub, { env }).then(() => set, toldAs));
    }
    return findings;
  },
};

/** Whether it is the right one the server says; see database. */
function loginIn(env: Readonly<Record<string, string | undefined>>): Finding {
  const names = ['CLICKHOUSE_USER', 'CLICKHOUSE_PASSWORD'];
  const [missing, ...others] = names.filter((name) => !env[name]);
  if (missing === undefined) return ok(`${names.join(' and ')} are set`);
  if (others.length > 0)
    return ok("no CLICKHOUSE_USER: it is the server's 'default', without a password");
  return warning(`${missing} is not set, and the other of ${names.join(' and ')} is`, {
    mend: `export ${missing}=...`,
  });
}
