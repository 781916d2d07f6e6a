import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Store } from '../../store/store.ts';
import { type Answer, ask, temporaryFolder } from '../cli/fleet.ts';
import { type LogsRun, logsRun, TABLE, WORKSPACE } from './logs-run.ts';
import type { LogsPeer } from './peer/peer.ts';

let run: LogsRun;

/** One service for all of them: who signs in keeps the way to it, and its token, for the process. */
beforeAll(async () => {
  run = await logsRun();
  run.fill(300);
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
  vi.stubEnv('IDENTITY_ENDPOINT', `${run.peer.origin}/token`);
  vi.stubEnv('IDENTITY_HEADER', 'header of the tests');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await run[Symbol.asyncDispose]();
});

beforeEach(() => {
  const { peer } = run;
  Object.assign(peer, { isForbidden: false, isTokenRefused: false, refuse: () => undefined });
  peer.missing.clear();
  peer.asked.length = 0;
  run.pauses.length = 0;
});

interface Given {
  readonly tables?: string;
  readonly target?: string;
  readonly args?: readonly string[];
  readonly command?: string;
}

/** Runs the command over a config that names the peer, signed in as a managed identity. */
async function ingest(given: Given = {}): Promise<Answer> {
  const { tables = TABLE, target = `workspace_id: ${WORKSPACE}`, args = [] } = given;
  const { command = 'ingest log-analytics' } = given;
  const folder = temporaryFolder();
  const config = join(folder, 'mcp-witness.yaml');
  const { endpoint } = run.peer;
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }\nsources:\n  - { name: logs, kind: log-analytics, ${target}, tables: [${tables}], endpoint: "${endpoint}" }\n`,
  );
  const answer = await ask([...command.split(' '), ...args, '--config', config]);
  return { ...answer, err: answer.err.replaceAll(folder, '') };
}

interface Trouble extends Given {
  readonly happen?: (peer: LogsPeer) => unknown;
  readonly code: number;
  readonly says: string;
}

const place = `the workspace '${WORKSPACE}'`;
/** As the service says it: https://github.com/grafana/grafana/issues/89818 */
const BASIC =
  "Query of Basic Logs table is not supported with the API 'https://api.loganalytics.io/v1/workspaces/{workspaceId}/query'.\nYou can use 'https://api.loganalytics.io/v1/workspaces/{workspaceId}/search' instead.\nTo learn more on queries on Basic Logs table, read here: https://aka.ms/basicLogsQueryAPI.";
const toAnalytics = `Give the table the Analytics plan: az monitor log-analytics workspace table update --name ${TABLE} --plan Analytics --workspace-name WORKSPACE --resource-group RESOURCE_GROUP; or leave it out of the source 'logs'.\n`;

/** Refuses every query so, in the service's words. */
function refusing(code: string, message: string, inner?: { code: string; message: string }) {
  return (peer: LogsPeer): void => {
    peer.refuse = () => ({ kind: 'error', status: 400, code, message, ...(inner && { inner }) });
  };
}

const troubles: Readonly<Record<string, Trouble>> = {
  'a table of which nothing is known': {
    tables: 'Heartbeat',
    code: 2,
    says: "error: The source 'logs' names the table 'Heartbeat', of which nothing is known.\n  fix: Use some of: ",
  },
  'a table that the workspace does not have': {
    tables: `${TABLE}, ApiManagementGatewayMCPLog`,
    code: 2,
    says: `error: ${place} does not answer the query for 'ApiManagementGatewayMCPLog': SEM0100: 'where' operator: Failed to resolve table or column expression named 'ApiManagementGatewayMCPLog'\n  fix: The table is made when the first record comes: switch its diagnostic category on (az monitor diagnostic-settings create), or leave it out of the source 'logs'.\n`,
  },
  'a column that the table does not have': {
    happen: (peer) => peer.missing.add('TraceRecords'),
    code: 2,
    says: `error: ${place} does not answer the query for '${TABLE}': SEM0100: 'project' operator: Failed to resolve table or column expression named 'TraceRecords'\n  fix: This workspace's table has no column 'TraceRecords'. Leave the table out of the source 'logs', or report it: the query is in ingest/kql/.\n`,
  },
  'a table in a plan that cannot be queried': {
    happen: refusing('BadArgumentError', 'The request had some invalid properties', {
      code: 'UnsupportedApiQueryValidationError',
      message: BASIC,
    }),
    code: 2,
    says: `error: ${place} does not answer the query for '${TABLE}': UnsupportedApiQueryValidationError: ${BASIC.replaceAll('\n', ' ')}\n  fix: ${toAnalytics}`,
  },
  'a plan that is told by its code alone': {
    happen: refusing('UnsupportedApiQueryValidationError', 'no'),
    code: 2,
    says: toAnalytics,
  },
  'a plan that is told in words alone': {
    happen: refusing(
      'BadArgumentError',
      'The query should contain a single Basic or Auxiliary Logs table.',
    ),
    code: 2,
    says: toAnalytics,
  },
  'a refusal in which basic is a word like others': {
    happen: refusing(
      'BadArgumentError',
      'Basic syntax error: the plan of the query has no operator.',
    ),
    code: 2,
    says: "\n  fix: Leave the table out of the source 'logs', or report the message: the query is in ingest/kql/.\n",
  },
  'a query that the service refuses': {
    happen: (peer) => {
      peer.refuse = () => ({ kind: 'error', status: 400, code: 'QueryTooComplex', message: 'no' });
    },
    code: 2,
    says: `error: ${place} does not answer the query for '${TABLE}': QueryTooComplex: no\n  fix: Leave the table out of the source 'logs', or report the message: the query is in ingest/kql/.\n`,
  },
  'no permission': {
    happen: (peer) => {
      peer.isForbidden = true;
    },
    code: 3,
    says: `error: Whoever is signed in may not query '${TABLE}' in ${place}: InsufficientAccessError: The provided credentials have insufficient access to perform the requested operation\n  fix: Give them the role 'Log Analytics Reader': az role assignment create --role "Log Analytics Reader" --assignee PRINCIPAL_ID --scope $(az monitor log-analytics workspace list --query "[?customerId=='${WORKSPACE}'].id" -o tsv); where that finds no workspace, correct its id in the source 'logs': the service says the same of an id that is not there.\n`,
  },
  'a token that is refused': {
    happen: (peer) => {
      peer.isTokenRefused = true;
    },
    code: 3,
    says: `error: The token was refused for '${TABLE}' in ${place}: InvalidTokenError: The provided authentication token has expired.\n  fix: Sign in anew with 'az login', to the tenant of the workspace; for another cloud write its 'endpoint' in the config.\n`,
  },
  'a workspace that is not there': {
    target: 'workspace_id: 0a1b2c3d-0000-4000-8000-00000000ffff',
    code: 2,
    says: `error: There is nothing to ask for '${TABLE}' at the workspace '0a1b2c3d-0000-4000-8000-00000000ffff': PathNotFoundError: The requested path does not exist\n  fix: Correct the workspace's id in the source 'logs': az monitor log-analytics workspace list --query '[].{name:name,id:customerId}'.\n`,
  },
  'a workspace named by its ARM id': {
    target: 'workspace_id: /subscriptions/0/resourceGroups/g/providers/x/y/z',
    code: 2,
    says: "Write the workspace's id (a GUID), not its name or its ARM id",
  },
  'a source that does not say what to ask': {
    target: 'apis: [a]',
    code: 2,
    says: "the source 'logs' does not say what to ask.\n  fix: Give one of 'workspace_id', 'workspace_ids' and 'resource_id'.\n",
  },
  'a classic table in a workspace': {
    tables: 'requests',
    code: 2,
    says: "error: The source 'logs' names the table 'requests', which only a resource of Application Insights has.\n  fix: Use some of: ",
  },
  'a source that the config does not name': {
    args: ['other'],
    code: 2,
    says: "names no source 'other' of the kind 'log-analytics'.\n  fix: Use one of: logs.\n",
  },
  'a backfill with an end': {
    args: ['--backfill', '--to', '2026-11-20'],
    code: 2,
    says: 'error: --backfill ends where reading began; --to says another end.\n',
  },
  'an end without a start': {
    args: ['--to', '2026-11-20'],
    code: 2,
    says: 'error: --to needs --from.\n',
  },
  'an empty window': {
    args: ['--from', '2026-11-20', '--to', '2026-11-20'],
    code: 2,
    says: 'error: The window from 2026-11-20T00:00:00.000Z to 2026-11-20T00:00:00.000Z is empty.\n',
  },
};

test.each(Object.entries(troubles))('%s', async (_, { happen, code, says, ...given }) => {
  happen?.(run.peer);

  const answer = await ingest(given);

  expect(answer.err).toContain(says);
  expect(answer).toMatchObject({ code, out: '' });
  expect(answer.err).not.toMatch(/token \d/);
});

test.each(['ingest log-analytics', 'ingest all', 'run'])(
  '%s holds the engine to what a pull needs',
  async (command) => {
    const limits: unknown[] = [];
    const within = vi.spyOn(Store.prototype, 'withMemoryLimit');
    run.peer.onRows = () => {
      const store = within.mock.contexts.at(-1) as Store;
      limits.push(store.rows("select current_setting('memory_limit') as memory"));
    };

    await ingest({ command });
    run.peer.onRows = () => undefined;

    expect(await Promise.all(limits)).toEqual([[{ memory: '572.2 MiB' }]]);
    within.mockRestore();
  },
);

test('a service that is not reachable ends with 4', async () => {
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: 4e12 }) };

  await expect(
    run.ingest({ credential }, { endpoint: 'https://localhost:9/v1' }),
  ).rejects.toMatchObject({
    code: 'source_unreachable',
    message: expect.stringContaining(`Cannot reach ${place} for '${TABLE}': `) as string,
  });
  expect(run.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(600_000);
});

test('who is not signed in is told how to', async () => {
  const credential = {
    getToken: async () => {
      throw Object.assign(new Error('Azure CLI: please run az login.'), {
        name: 'CredentialUnavailableError',
      });
    },
  };

  await expect(run.ingest({ credential })).rejects.toMatchObject({
    code: 'access_denied',
    message: `Nobody is signed in who could query '${TABLE}' in ${place}: Azure CLI: please run az login.`,
  });
});

test('what is read is planned first; with --plan it stays at that', async () => {
  const plan = await ingest({ args: ['--plan'] });

  expect(plan.err).toMatch(
    new RegExp(`^plan: ${TABLE} in ${WORKSPACE}: 300 rows, about \\d+ KB, 1 query\\n$`),
  );
  expect(plan.code).toBe(0);
  expect(run.peer.asked.filter(({ query }) => query.sums === undefined)).toEqual([]);

  const { err } = await ingest();
  expect(err).toContain(`ingest: ${TABLE} in ${WORKSPACE}: 300 rows\n`);
  expect(err).toContain('ingest: logs, 300 records received = 300 stored + 0 duplicate');
  expect(run.peer.tokensGiven).toBeGreaterThan(0);
});
