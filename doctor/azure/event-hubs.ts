import type { EventHubsSource } from '../../ingest/config/config.ts';
import type { HubLook } from '../../ingest/event-hubs/look.ts';
import { type Check, type Finding, ok, Skipped, warning } from '../check.ts';
import { toldAs } from '../examine.ts';
import type { Patient } from '../patient.ts';
import { counted, durationText, timeText } from '../words.ts';
import { quoted } from './lines.ts';

const QUIET_MS = 86_400_000;

export const eventHubs: Check = {
  name: 'event-hubs',
  area: 'azure',
  asks: 'May the hubs be read in their consumer groups, do events come, and is what is unread still there?',
  async examine(patient) {
    await patient.estate.ensureNamed();
    const hubs = await patient.estate.hubs();
    if (hubs.length === 0) throw new Skipped('the config names no source of the kind event-hubs');
    const findings = await Promise.all(hubs.map((hub) => lookAt(hub, patient).catch(told(hub))));
    return findings.flat();
  },
};

const told = (hub: EventHubsSource) => (error: unknown) => {
  const { found, ...rest } = toldAs(error);
  return [{ ...rest, found: `${hub.name}: ${found}` }];
};

async function lookAt(hub: EventHubsSource, patient: Patient): Promise<Finding[]> {
  const { env, limitMs } = patient.given;
  await patient.estate.reachHub(hub).catch((error: unknown) => {
    if (error instanceof Skipped) throw error;
    throw new Skipped('its namespace cannot be reached; see network');
  });
  const signedIn = hub.namespace === undefined ? undefined : await patient.estate.ensureSignedIn();
  const { lookAtHub } = await import('../../ingest/event-hubs/look.ts');
  const credential = signedIn && { credential: signedIn.credential };
  try {
    const look = await lookAtHub(hub, { env, limitMs, ...credential });
    return [...(await whatIsLost(look, hub, patient)), await heard(look, hub, patient)];
  } catch (error) {
    const finding = toldAs(error);
    const id = signedIn?.objectId ?? 'PRINCIPAL_ID';
    const mend = finding.mend?.replace('PRINCIPAL_ID', id);
    return [
      { ...finding, found: `${hub.name}: ${finding.found}`, ...(mend !== undefined && { mend }) },
    ];
  }
}

async function heard(
  { partitions }: HubLook,
  { name, hub }: EventHubsSource,
  { given, estate }: Patient,
): Promise<Finding> {
  const place = `${name}: event hub '${hub}', ${counted(partitions.length, 'partition')}`;
  const times = partitions.flatMap(({ lastAt }) => lastAt ?? []).map((time) => time.getTime());
  const mend = `az monitor diagnostic-settings list --resource ${quoted(await estate.gatewayToType())} --query '[].{name:name,hub:eventHubName,logs:logs[?enabled].category}'   # does it send there?`;
  if (times.length === 0) {
    return warning(`${place}, and no event in it`, {
      why: 'No events are not the same as no calls',
      mend,
    });
  }
  const last = Math.max(...times);
  const age = given.now().getTime() - last;
  if (age > QUIET_MS) {
    return warning(`${place}, and no event since ${timeText(new Date(last))}`, {
      why: 'No events are not the same as no calls',
      mend,
    });
  }
  return ok(`${place}, the last event ${durationText(age)} ago`);
}

/** Events that the hub has forgotten before they were read. */
async function whatIsLost(
  { access, partitions }: HubLook,
  { name }: EventHubsSource,
  patient: Patient,
): Promise<Finding[]> {
  const { readCheckpoints } = await import('../../ingest/event-hubs/positions.ts');
  const known = await patient
    .evidence()
    .then((store) => readCheckpoints(store, access.source))
    .catch(() => []);
  const lost = known.filter(({ partition, sequenceNumber }) => {
    const now = partitions.find(({ id }) => id === partition);
    return now !== undefined && now.last > sequenceNumber && now.first > sequenceNumber + 1;
  });
  if (lost.length === 0) return [];
  return [
    warning(
      `${name}: events of ${counted(lost.length, 'partition')} were not read before the hub forgot them`,
      {
        why: 'They will be a gap, and no zero can be proven across it',
        mend: `${patient.given.commandLine('run --watch')}   # or a retention that outlasts the pause between two runs`,
      },
    ),
  ];
}
