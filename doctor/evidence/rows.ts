import { notBelievedFrom } from '../../core/window.ts';
import type { Row } from '../../store/values.ts';
import { type Check, type Finding, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { counted, durationText, listed, timeText } from '../words.ts';

/** A source that is quiet for so long while others are not has probably been switched off. */
const QUIET_MS = 86_400_000;

export const rows: Check = {
  name: 'rows',
  area: 'evidence',
  asks: 'Has the gateway as well as the servers been heard, and when was each source heard last?',
  async examine(patient) {
    const store = await patient.heard();
    const sources = await store.query<SourceRow>('doctor/evidence/rows_by_source.sql', {
      before_at: notBelievedFrom(patient.given.now()).toISOString(),
    });
    const troubles = [
      ...missingSides(sources),
      ...quiet(sources),
      ...(await oldAltogether(sources, patient)),
    ];
    if (troubles.length > 0) return troubles;
    const total = sources.reduce((sum, { records }) => sum + Number(records), 0);
    const last = newest(sources);
    return ok(
      `${counted(total, 'record')} of ${counted(sources.length, 'source')}, ${last === undefined ? 'all dated ahead of now' : `the newest of ${timeText(last)}`}`,
    );
  },
};

interface SourceRow extends Row {
  readonly source_table: string;
  readonly layer: string;
  readonly records: number;
  readonly last_at: string | null;
  readonly behind_ms: number | null;
}

const SIDES = {
  gateway: {
    found: 'no record of a gateway is stored',
    why: 'Calls that went around the gateway cannot be told from calls that did not',
    mend: "Add its diagnostic logs to 'sources:' (ApiManagementGatewayLogs, ApiManagementGatewayMCPLog); docs/log-analytics.md and docs/event-hubs.md say how.",
  },
  server: {
    found: 'no record of a server is stored',
    why: 'What a tool did, and whether it failed, is known to the server alone',
    mend: "Add its Application Insights or console logs to 'sources:' (AppRequests, AppTraces, AppDependencies); docs/events.md says what a server should log.",
  },
} as const;

function missingSides(sources: readonly SourceRow[]): Finding[] {
  const layers = new Set(sources.map(({ layer }) => layer));
  const sides = Object.entries(SIDES)
    .filter(([layer]) => !layers.has(layer))
    .map(([, { found, why, mend }]) => warning(found, { why, mend }));
  const tables = new Set(sources.map(({ source_table: table }) => table));
  const lacksTools =
    tables.has('ApiManagementGatewayLogs') && !tables.has('ApiManagementGatewayMCPLog');
  return lacksTools ? [...sides, NO_MCP_LOG] : sides;
}

const NO_MCP_LOG = warning('the gateway logs requests, and no MCP rows (GatewayMCPLogs)', {
  why: 'It is a category of its own, with tool, session and client of each call',
  mend: `az monitor diagnostic-settings create --name mcp-witness --resource GATEWAY_RESOURCE_ID --workspace WORKSPACE_RESOURCE_ID --export-to-resource-specific true --logs '[{"category":"GatewayMCPLogs","enabled":true}]'`,
});

/** Silence is not success: what stopped while others went on. */
function quiet(sources: readonly SourceRow[]): Finding[] {
  const silent = sources.filter(
    ({ layer, behind_ms: behind }) =>
      (layer === 'gateway' || layer === 'server') && (behind ?? 0) > QUIET_MS,
  );
  return silent.map(({ source_table: table, layer, last_at: last, behind_ms: behind }) =>
    warning(
      `${table} (${layer}) brought nothing since ${timeText(last ?? '')}, ${durationText(behind ?? 0)} before others`,
      {
        why: 'No records are not the same as no calls',
        mend: 'Look at its diagnostic setting, and whether its source is still read; where it was retired, this goes away with its records.',
      },
    ),
  );
}

/** Where sources are read that go on by themselves. */
async function oldAltogether(sources: readonly SourceRow[], patient: Patient): Promise<Finding[]> {
  const { sources: named } = await patient.config();
  const live = named.filter(({ kind }) => kind !== 'files').map(({ name }) => name);
  const last = newest(sources);
  const age = last === undefined ? 0 : patient.given.now().getTime() - Date.parse(last);
  if (live.length === 0 || age <= QUIET_MS) return [];
  return [
    warning(`the newest record is ${durationText(age)} old, although ${listed(live)} can be read`, {
      mend: `${patient.given.commandLine('run')}   # or 'run --watch', which goes on`,
    }),
  ];
}

/** Undefined: every time is ahead of this machine's. */
function newest(sources: readonly SourceRow[]): string | undefined {
  const telemetry = sources.filter(({ layer }) => layer !== 'config');
  const times = (telemetry.length > 0 ? telemetry : sources).map(({ last_at: last }) => last);
  return times
    .filter((time) => time !== null)
    .sort()
    .at(-1);
}
