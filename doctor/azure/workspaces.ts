import type { Json, Management } from '../../ingest/azure/management.ts';
import { type Check, type Finding, failed, ok, Skipped, skipped, warning } from '../check.ts';
import { type Resource, shortName } from '../estate.ts';
import { objectOf, valueAt } from './gateway.ts';
import { SETTINGS_VERSION, settingOf } from './gateway-categories.ts';
import { COMPONENTS_VERSION } from './insights.ts';
import { quoted } from './lines.ts';

const VERSION = '2022-10-01';
/** What `dataIngestionStatus` says when rows are thrown away. */
const CLOSED = /^(OverQuota|ForceOff|SubscriptionSuspended)$/;

export const workspaces: Check = {
  name: 'workspaces',
  area: 'azure',
  asks: 'Do the workspaces that logs are sent to still take rows, and does a source read them?',
  async examine(patient) {
    const gateways = await patient.estate.gateways().catch(none);
    const components = await patient.estate.components().catch(none);
    await patient.estate.ensureNamed();
    if (gateways.length + components.length === 0)
      throw new Skipped('no resource is known that sends to one');
    const management = await patient.estate.management();
    const { sent, unread } = await workspacesSentTo({ gateways, components }, management);
    const untold = unread.map((id) => skipped(`${shortName(id)}: where it sends cannot be read`));
    if (sent.size === 0 && untold.length > 0) return untold;
    if (sent.size === 0) throw new Skipped('no setting sends to a workspace');
    const read = (await patient.estate.logs()).flatMap((source) => source.workspaces);
    const findings = await Promise.all(
      [...sent].map(async ([id, senders]) => {
        // Whoever reads a resource need not read the workspace it sends to.
        const found = await management.find(id, VERSION).catch(() => undefined);
        if (found !== undefined) return lookAt(id, found, [...senders], read);
        return [
          skipped(`${shortName(id)}, where ${[...senders].join(', ')} send, may not be read`),
        ];
      }),
    );
    return [...findings.flat(), ...untold];
  },
};

const none = (): Resource[] => [];

interface Sent {
  /** By the ARM id of a workspace, in lower case: which resources send to it. */
  readonly sent: ReadonlyMap<string, ReadonlySet<string>>;
  /** Resources that do not say. */
  readonly unread: readonly string[];
}

async function workspacesSentTo(
  { gateways, components }: Record<'gateways' | 'components', readonly Resource[]>,
  management: Management,
): Promise<Sent> {
  const unread: string[] = [];
  const sent = new Map<string, Set<string>>();
  const note = (workspace: unknown, sender: string): void => {
    if (typeof workspace !== 'string' || workspace === '') return;
    const id = workspace.toLowerCase();
    sent.set(id, (sent.get(id) ?? new Set()).add(shortName(sender)));
  };
  for (const { id } of gateways) {
    const path = `${id}/providers/Microsoft.Insights/diagnosticSettings`;
    const settings = await management.list(path, SETTINGS_VERSION).catch(() => {
      unread.push(id);
      return [];
    });
    for (const each of settings ?? []) note(settingOf(each).workspace, id);
  }
  for (const { id } of components) {
    const found = await management.find(id, COMPONENTS_VERSION).catch(() => {
      unread.push(id);
      return undefined;
    });
    note(objectOf(found?.['properties'])['WorkspaceResourceId'], id);
  }
  return { sent, unread };
}

function lookAt(
  id: string,
  found: Json,
  senders: readonly string[],
  read: readonly string[],
): Finding[] {
  const properties = objectOf(found['properties']);
  const name = shortName(id);
  const status = String(valueAt(properties, 'workspaceCapping.dataIngestionStatus') ?? '');
  const customer = String(properties['customerId'] ?? '');
  const group = quoted(id.split('/')[4] ?? '');
  const mend = `az monitor log-analytics workspace update --resource-group ${group} --workspace-name ${quoted(name)} --quota -1   # or a higher daily cap, in GB`;
  const findings: Finding[] = [];
  if (CLOSED.test(status)) {
    findings.push(
      failed(`${name} takes no rows now (${status})`, {
        why: 'What is sent meanwhile is thrown away, and no gap in it can be seen',
        mend,
      }),
    );
  } else if (status === 'ApproachingQuota') {
    findings.push(
      warning(`${name} is near its daily cap`, { why: 'Beyond it rows are thrown away', mend }),
    );
  }
  if (read.length > 0 && !read.some((each) => each.toLowerCase() === customer.toLowerCase())) {
    findings.push(
      warning(`${senders.join(', ')} send to ${name}, which no source reads`, {
        why: 'What goes there is not in the evidence',
        mend: `workspace_ids: [${[...read, customer].join(', ')}]   # of the source in the config`,
      }),
    );
  }
  return findings.length > 0 ? findings : [ok(`${name} takes rows of ${senders.join(', ')}`)];
}
