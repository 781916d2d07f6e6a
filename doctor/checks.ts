import { clock } from './azure/clock.ts';
import { eventHubs } from './azure/event-hubs.ts';
import { gatewayBodies } from './azure/gateway-bodies.ts';
import { gatewayCategories } from './azure/gateway-categories.ts';
import { gatewayHeaders } from './azure/gateway-headers.ts';
import { gatewayPolicies } from './azure/gateway-policies.ts';
import { gatewayProtocol } from './azure/gateway-protocol.ts';
import { gatewaySampling } from './azure/gateway-sampling.ts';
import { gateways } from './azure/gateways.ts';
import { insights } from './azure/insights.ts';
import { network } from './azure/network.ts';
import { signIn } from './azure/sign-in.ts';
import { tables } from './azure/tables.ts';
import { workspaces } from './azure/workspaces.ts';
import type { Check } from './check.ts';
import { config } from './config/config.ts';
import { inventory } from './config/inventory.ts';
import { secrets } from './config/secrets.ts';
import { slos } from './config/slos.ts';
import { sources } from './config/sources.ts';
import { database } from './database/database.ts';
import { key } from './database/key.ts';
import { writer } from './database/writer.ts';
import { bodies } from './evidence/bodies.ts';
import { books } from './evidence/books.ts';
import { clocks } from './evidence/clocks.ts';
import { dates } from './evidence/dates.ts';
import { headers } from './evidence/headers.ts';
import { matches } from './evidence/matches.ts';
import { rows } from './evidence/rows.ts';
import { sampling } from './evidence/sampling.ts';
import { traceIds } from './evidence/trace-ids.ts';
import { clients } from './machine/clients.ts';
import { disk } from './machine/disk.ts';
import { duckdb } from './machine/duckdb.ts';
import { memory } from './machine/memory.ts';
import { node } from './machine/node.ts';

/** Everything that is looked at, in the order in which one thing rests on the other. */
export const CHECKS: readonly Check[] = [
  ...[node, duckdb, clients, memory, disk],
  ...[config, secrets, sources, inventory, slos],
  ...[database, writer, key],
  ...[rows, dates, books, matches, traceIds, headers, bodies, sampling, clocks],
  ...[network, clock, signIn, tables, eventHubs],
  ...[gateways, gatewayCategories, gatewayBodies, gatewayPolicies],
  ...[gatewayProtocol, gatewayHeaders, gatewaySampling, insights, workspaces],
];
