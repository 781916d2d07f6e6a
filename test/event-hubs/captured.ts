/** Files as Event Hubs Capture writes them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import avro from 'avsc';

/** The schema that Event Hubs Capture writes. */
export const CAPTURE: avro.Schema = {
  type: 'record',
  name: 'EventData',
  namespace: 'Microsoft.ServiceBus.Messaging',
  fields: [
    { name: 'SequenceNumber', type: 'long' },
    { name: 'Offset', type: 'string' },
    { name: 'EnqueuedTimeUtc', type: 'string' },
    {
      name: 'SystemProperties',
      type: { type: 'map', values: ['long', 'double', 'string', 'bytes'] },
    },
    {
      name: 'Properties',
      type: { type: 'map', values: ['long', 'double', 'string', 'bytes', 'null'] },
    },
    { name: 'Body', type: ['null', 'bytes'] },
  ],
};

/** An event as Capture keeps it. */
export function captured(no: number, body: Buffer | null, properties: object = {}) {
  return {
    SequenceNumber: no,
    Offset: String(no * 100),
    EnqueuedTimeUtc: '11/20/2026 10:00:00 AM',
    SystemProperties: { 'x-opt-partition-key': { string: 'a' } },
    Properties: properties,
    Body: body,
  };
}

export async function writeAvro(
  path: string,
  schema: avro.Schema,
  rows: readonly object[],
  codec: 'null' | 'deflate' = 'null',
): Promise<void> {
  const encoder = new avro.streams.BlockEncoder(schema, {
    codec,
    blockSize: 2_000,
    writeHeader: true,
  });
  const file = encoder.pipe(createWriteStream(path));
  for (const row of rows) encoder.write(row);
  encoder.end();
  await once(file, 'finish');
}
