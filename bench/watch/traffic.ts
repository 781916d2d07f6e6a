import { once } from 'node:events';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { simulate } from '../../simulate/simulate.ts';

/** What of a fleet's telemetry goes through an event hub; the rest stays in its files. */
const STREAMED = ['gateway', 'mcp', 'appinsights', 'otlp'];
/** A call of the lean profile leaves at least so many records there. */
const RECORDS_PER_CALL = 4;

export interface Traffic {
  /** One event's body a line, in the order of their times. */
  readonly stream: string;
  readonly events: number;
  /** A folder with what is read from files: agents and settings. */
  readonly fleet: string;
}

interface Body {
  readonly at: string;
  readonly text: string;
}

/** Tool calls and their server side as they come by stream: so many events within so many seconds. */
export async function simulateTraffic(
  folder: string,
  events: number,
  seconds: number,
): Promise<Traffic> {
  const fleet = join(folder, 'fleet');
  const from = new Date('2026-11-25T09:00:00Z');
  await simulate({
    folder: fleet,
    calls: Math.ceil(events / RECORDS_PER_CALL),
    seed: 1,
    from,
    to: new Date(from.getTime() + seconds * 1000),
    profile: 'lean',
  });
  const bodies: Body[] = [];
  for (const part of STREAMED) {
    const place = join(fleet, 'telemetry', part);
    const names = readdirSync(place).filter((name) =>
      /\.(ndjson|jsonl|eventhub\.json)$/.test(name),
    );
    for (const name of names) await readBodies(join(place, name), bodies);
  }
  bodies.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const stream = join(folder, 'stream.ndjson');
  await write(stream, bodies.slice(0, events));
  return { stream, events: Math.min(events, bodies.length), fleet };
}

async function readBodies(path: string, bodies: Body[]): Promise<void> {
  const input = createReadStream(path);
  for await (const line of createInterface({ input })) {
    for (const text of path.endsWith('.jsonl') ? spansOf(line) : recordsOf(line)) {
      bodies.push({ at: timeOf(text), text });
    }
  }
}

/** An envelope of many records as many of one, which is what a diagnostic setting mostly sends. */
function recordsOf(line: string): string[] {
  if (!line.startsWith('{"records":')) return line === '' ? [] : [line];
  const { records } = JSON.parse(line) as { records: unknown[] };
  return records.map((record) => JSON.stringify({ records: [record] }));
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly scope: unknown; readonly spans: readonly unknown[] }[];
  }[];
}

/** An export of many spans as many of one. */
function spansOf(line: string): string[] {
  const { resourceSpans } = JSON.parse(line) as Export;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) =>
        JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }),
      ),
    ),
  );
}

function timeOf(text: string): string {
  const [, iso] = /"(?:time|TimeGenerated)":"([^"]+)"/.exec(text) ?? [];
  if (iso !== undefined) return iso;
  const [, nanos = '0'] = /"startTimeUnixNano":"(\d+)"/.exec(text) ?? [];
  return new Date(Number(nanos.slice(0, -6))).toISOString();
}

async function write(path: string, bodies: readonly Body[]): Promise<void> {
  const file = createWriteStream(path);
  for (const { text } of bodies) if (!file.write(`${text}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}
