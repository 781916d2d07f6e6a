import type { Json } from '../../ingest/azure/management.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { shortName } from '../estate.ts';
import { toldAs } from '../examine.ts';
import { objectOf } from './gateway.ts';
import { quoted, sendCategories } from './lines.ts';

export const SETTINGS_VERSION = '2021-05-01-preview';
/** What joins and explains tool calls; the third is for costs. */
const WANTED = ['GatewayLogs', 'GatewayMCPLogs'] as const;
const FOR_COSTS = 'GatewayLlmLogs';

export const gatewayCategories: Check = {
  name: 'gateway-categories',
  area: 'azure',
  asks: 'Are the diagnostic categories on that calls are made of, into tables of their own?',
  async examine(patient) {
    const gateways = await patient.estate.gateways();
    const management = await patient.estate.management();
    const findings: Finding[] = [];
    for (const { id, isNamed } of gateways) {
      try {
        const path = `${id}/providers/Microsoft.Insights/diagnosticSettings`;
        const found = await management.list(path, SETTINGS_VERSION);
        findings.push(...(found ? lookAt(id, found) : [skipped(`${shortName(id)}: see gateways`)]));
      } catch (error) {
        const told = toldAs(error);
        const unnamed = skipped(`${shortName(id)}, which the evidence is from: ${told.found}`);
        findings.push(isNamed ? told : unnamed);
      }
    }
    return findings;
  },
};

export interface Setting {
  readonly name: string;
  readonly workspace: string | undefined;
  readonly isDedicated: boolean;
  readonly categories: readonly string[];
  readonly all: boolean;
}

function lookAt(id: string, found: readonly Json[]): Finding[] {
  const settings = found.map(settingOf);
  const name = shortName(id);
  const isOn = (category: string) =>
    settings.some(({ categories, all }) => all || categories.includes(category));
  const [
    workspace = '$(az monitor log-analytics workspace show --resource-group RESOURCE_GROUP --workspace-name WORKSPACE --query id -o tsv)',
  ] = settings.flatMap((each) => (each.workspace === undefined ? [] : [quoted(each.workspace)]));
  const off = WANTED.filter((category) => !isOn(category));
  const findings: Finding[] = [];
  if (off.length > 0) {
    findings.push(
      failed(`${name}: ${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off`, {
        why: off.includes('GatewayLogs')
          ? 'Without it no call is seen at the gateway'
          : 'It names tool, session and client of each call; without it they are known only where headers are logged',
        mend: sendCategories({ resource: id, workspace, categories: off }),
      }),
    );
  }
  if (!isOn(FOR_COSTS)) {
    findings.push(
      warning(`${name}: ${FOR_COSTS} is off`, {
        why: 'Tokens of models are then not in the costs; leave it so where no model runs through this gateway',
        mend: sendCategories({ resource: id, workspace, categories: [FOR_COSTS] }),
      }),
    );
  }
  for (const setting of settings.filter((each) => !each.isDedicated && each.workspace)) {
    findings.push(notDedicated(id, setting));
  }
  return findings.length > 0 ? findings : [ok(`${name}: ${[...WANTED, FOR_COSTS].join(', ')}`)];
}

function notDedicated(id: string, { name, workspace, categories, all }: Setting): Finding {
  return warning(
    `${shortName(id)}: the setting '${name}' writes into AzureDiagnostics, not into tables of their own`,
    {
      why: 'That table loses columns beyond 500, and has no MCP rows',
      mend: sendCategories({
        name,
        resource: id,
        workspace: quoted(workspace ?? ''),
        categories: all ? [...WANTED, FOR_COSTS] : categories,
      }),
    },
  );
}

export function settingOf(setting: Json): Setting {
  const { workspaceId, logAnalyticsDestinationType, logs } = objectOf(setting['properties']);
  const enabled = (Array.isArray(logs) ? logs : [])
    .map(objectOf)
    .filter((log) => log['enabled'] === true);
  return {
    name: String(setting['name'] ?? ''),
    workspace: typeof workspaceId === 'string' && workspaceId !== '' ? workspaceId : undefined,
    isDedicated: logAnalyticsDestinationType === 'Dedicated',
    categories: enabled.map((log) => String(log['category'] ?? '')).filter((each) => each !== ''),
    all: enabled.some((log) => String(log['categoryGroup']).toLowerCase() === 'alllogs'),
  };
}
