import { gatewayRow } from './gateway-rows.ts';
import { LogsPeer } from './peer.ts';
import type { Command, Started, StartOptions } from './peer-process.ts';

/**
 * The peer as a process of its own, so that a benchmark does not share its thread and a killed
 * program does not take it along. Told what to do over the channel that `fork` opens.
 */
const { workspace, generated, everyMs, padding, now } = JSON.parse(
  process.argv[2] ?? '{}',
) as StartOptions;
const peer = await LogsPeer.start();
const form = {
  padding: 'x'.repeat(padding ?? 0),
  ...(everyMs === undefined ? {} : { everyMs }),
};
peer.now = () => new Date(now);
peer.add(
  workspace,
  'ApiManagementGatewayLogs',
  Array.from({ length: generated }, (_, no) => gatewayRow(no, form)),
);

let rowQueries = 0;
let holdAfter = Number.MAX_SAFE_INTEGER;
peer.onRows = (no) => {
  rowQueries = no;
};
peer.refuse = ({ sums }) =>
  sums === undefined && rowQueries >= holdAfter ? { kind: 'slow' } : undefined;

process.on('message', (command: Command) => {
  const { faults, limits, isForbidden, missing } = command;
  if (faults) peer.faults.push(...faults);
  if (limits) peer.limits = limits;
  if (command.delayMs !== undefined) peer.delayMs = command.delayMs;
  if (isForbidden !== undefined) peer.isForbidden = isForbidden;
  if (missing !== undefined) peer.missing.add(missing);
  if (command.holdAfter !== undefined) holdAfter = rowQueries + command.holdAfter;
  process.send?.({ no: command.no });
});
process.on('disconnect', () => process.exit(0));
process.send?.({
  endpoint: peer.endpoint,
  origin: peer.origin,
  certificate: peer.certificate.cert,
} satisfies Started);
