import { readFileSync } from 'node:fs';
import { type FeedOptions, feed } from './feed.ts';
import { gatewayEvent } from './gateway-events.ts';
import { EventHubsPeer } from './peer.ts';
import type { Command, Started, StartOptions } from './peer-process.ts';

/**
 * The peer as a process of its own, so that a benchmark does not share its thread and a killed
 * client does not take it along. Told what to do over the channel that `fork` opens.
 */
const { generated, bodyBytes, tls, ...options } = JSON.parse(
  process.argv[2] ?? '{}',
) as StartOptions;
const peer = await EventHubsPeer.start({
  ...options,
  ...(generated === undefined
    ? {}
    : { generated, generate: (id, no) => gatewayEvent(id, no, bodyBytes) }),
  ...(tls === undefined
    ? {}
    : { tls: { key: readFileSync(tls.key, 'utf8'), cert: readFileSync(tls.cert, 'utf8') } }),
});

process.on('message', async (command: Command) => {
  const { no, name, args } = command;
  if (name === 'faults') Object.assign(peer.faults, args[0]);
  else if (name === 'addPartitions') peer.hub.addPartitions(args[0] as number);
  else if (name === 'expire') peer.hub.partition(String(args[0]))?.expireBefore(Number(args[1]));
  else if (name === 'feed') await feed(peer, args[0] as FeedOptions);
  else await (peer[name] as (...given: unknown[]) => unknown).apply(peer, [...args]);
  process.send?.({ no });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: peer.port, connectionString: peer.connectionString } satisfies Started);
