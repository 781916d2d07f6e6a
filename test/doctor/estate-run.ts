import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Answer, ask, temporaryFolder } from '../cli/fleet.ts';
import { EventHubsPeer } from '../event-hubs/peer/peer.ts';
import { gatewayRow } from '../log-analytics/peer/gateway-rows.ts';
import { LogsPeer } from '../log-analytics/peer/peer.ts';
import { ArmPeer } from './peer/peer.ts';
import { COMPONENT, GATEWAY, WORKSPACE_RESOURCE, workspaceResource } from './peer/resources.ts';

export const WORKSPACE = '0a1b2c3d-0000-4000-8000-000000000001';
export const TABLE = 'ApiManagementGatewayLogs';
export const HUB = 'apim-logs';
export const GROUP = 'mcp-witness';
export const NOW = new Date('2026-11-20T00:10:00Z');

/** Azure on loopback: what signs in, what is queried, what is configured, and a stream. */
export interface EstateRun extends AsyncDisposable {
  readonly arm: ArmPeer;
  readonly logs: LogsPeer;
  readonly hub: EventHubsPeer;
  /** Variables that a managed identity is found by. */
  readonly env: Readonly<Record<string, string>>;
  reset(): void;
}

/** Starts all of it, in the best of states. */
export async function estateRun(): Promise<EstateRun> {
  const logs = await LogsPeer.start();
  const arm = await ArmPeer.start(logs.certificate);
  const hub = await EventHubsPeer.start({ name: HUB, partitions: 2, groups: ['$Default', GROUP] });
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, logs.certificate.cert]);
  logs.tokens.add(arm.token);
  const reset = (): void => {
    arm.reset();
    arm.now = () => NOW;
    arm.set(WORKSPACE_RESOURCE, workspaceResource(WORKSPACE));
    logs.now = () => NOW;
    Object.assign(logs, { isForbidden: false, isTokenRefused: false, refuse: () => undefined });
    logs.tables.clear();
    logs.missing.clear();
    logs.asked.length = 0;
    logs.add(WORKSPACE, TABLE, [gatewayRow(0), gatewayRow(1)]);
  };
  reset();
  return {
    ...{ arm, logs, hub, reset },
    env: {
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      IDENTITY_ENDPOINT: `${arm.origin}/token`,
      IDENTITY_HEADER: 'header of the tests',
    },
    [Symbol.asyncDispose]: async () => {
      setDefaultCACertificates(before);
      await Promise.all([arm.stop(), logs.stop(), hub.stop()]);
    },
  };
}

/** A row of `doctor --format json`. */
export interface Told {
  readonly check: string;
  readonly area: string;
  readonly state: string;
  readonly found: string;
  readonly why: string | null;
  readonly mend: string | null;
}

export interface DoctorAnswer extends Answer {
  readonly rows: readonly Told[];
  /** Those of one check. */
  of(check: string): readonly Told[];
}

/** What of the estate a config names. */
export function configOf({ arm, logs }: EstateRun): string {
  return `azure: { api_management: [${GATEWAY}], application_insights: [${COMPONENT}], endpoint: "${arm.origin}" }
sources:
  - { name: logs, kind: log-analytics, workspace_id: ${WORKSPACE}, tables: [${TABLE}], endpoint: "${logs.endpoint}" }
`;
}

/** Runs `doctor` in a folder of its own over a config; the clock is that of the estate. */
export async function doctor(
  config: string | undefined,
  { args = [], env = {}, now = NOW }: Partial<{ args: string[]; env: object; now: Date }> = {},
): Promise<DoctorAnswer> {
  const folder = temporaryFolder();
  const file = join(folder, 'mcp-witness.yaml');
  if (config !== undefined) writeFileSync(file, config);
  const given = config === undefined ? [] : ['--config', file];
  const answer = await ask(['doctor', '--format', 'json', ...given, ...args], {
    now: () => now,
    env: { MCP_WITNESS_DB: join(folder, 'w.duckdb'), ...env },
  });
  const text = answer.out.replaceAll(folder, '');
  const { rows } = JSON.parse(text) as { rows: Told[] };
  return { ...answer, out: text, rows, of: (check) => rows.filter((row) => row.check === check) };
}
