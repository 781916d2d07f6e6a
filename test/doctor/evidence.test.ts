import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';
import { doctor, type Told } from './estate-run.ts';

const GATEWAY =
  '/subscriptions/s/resourcegroups/rg/providers/microsoft.apimanagement/service/contoso-apim';
const APPI = '/subscriptions/s/resourcegroups/rg/providers/microsoft.insights/components/appi-crm';

/** Lines that change a diagnostic, as they are printed. */
function changed(name: string, filter: string, scope = GATEWAY): string {
  return `URL='https://management.azure.com${scope}/diagnostics/${name}?api-version=2024-05-01'
az rest --url "$URL" | jq '{properties} | ${filter}' > diagnostic.json
az rest --method put --url "$URL" --headers If-Match='*' --body @diagnostic.json`;
}

type Event = Readonly<Record<string, unknown>>;

let no = 0;

/** An event of a gateway's request for a tool, or what is said otherwise. */
function event(given: Event = {}): Event {
  no += 1;
  const id = `00000000-0000-4000-8000-${no.toString(16).padStart(12, '0')}`;
  return {
    event_id: id,
    item_no: 0,
    source_table: 'ApiManagementGatewayLogs',
    source_rank: 1,
    content_hash: no,
    batch_id: 1,
    record_no: no,
    layer: 'gateway',
    kind: 'request',
    occurred_at: '2026-11-20T00:00:00Z',
    resource_id: GATEWAY,
    correlation_id: id,
    mcp_method: 'tools/call',
    tool_name: 'get_weather',
    mcp_session_id: 's',
    operation_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    agent_id: 'a',
    weight: 1,
    ...given,
  };
}

/** What an MCP log row and a server's request of the same call look like. */
const mcpRow = (given: Event = {}) =>
  event({ source_table: 'ApiManagementGatewayMCPLog', kind: 'call', ...given });
const served = (given: Event = {}) =>
  event({ source_table: 'AppRequests', layer: 'server', resource_id: APPI, ...given });
const whole = (): Event[] => [event(), mcpRow(), served()];

interface Given {
  readonly events?: readonly Event[];
  readonly script?: string;
  readonly config?: string;
}

/** Runs over a database that holds this. */
async function over({ events = [], script = '', config = '' }: Given) {
  const path = join(temporaryFolder(), 'w.duckdb');
  {
    using store = await Store.openToWrite(path);
    for (const each of events) {
      const names = Object.keys(each);
      const values = names.map((name) => `$${name}`).join(', ');
      await store.run(
        `insert into events (${names.join(', ')}) values (${values})`,
        each as Record<string, string | number | boolean>,
      );
    }
    if (script !== '') await store.script(script);
  }
  return doctor(config, { args: ['--db', path], env: { MCP_WITNESS_KEY: 'k' } });
}

interface Trouble extends Given {
  readonly check: string;
  readonly told: readonly Partial<Told>[];
  readonly code?: number;
}

/** A setting as correlation keeps it. */
const setting = (given: string) =>
  `insert into gateway_settings (gateway, diagnostic_id, observed_at, fronts_mcp, response_body_bytes, correlation_protocol, sampling_percent, api_id) values ('${GATEWAY}', ${given})`;
const books = (values: string) =>
  `insert into ingest_batches (batch_id, source, source_table, received, stored, duplicate, rejected, excluded, sampled, truncated) values ${values}`;
/** A call that both sides saw. */
const call = (server: string, skewMs: number, hour = 0, rung = 'operation_id') =>
  `insert into correlated_calls by name select uuid() as call_id, timestamptz '2026-11-20 00:00:00Z' + to_hours(${hour}) as "timestamp", 'none' as agent_id_source, false as agent_id_verified, '${server}' as server_id, ${rung !== 'server_only'} as gateway_seen, ${rung !== 'gateway_only'} as server_seen, '${rung}' as match_rung, 1.0 as match_confidence, 1 as match_candidates, '' as event_ids, 'ok' as transport_outcome, 'ok' as protocol_outcome, 'ok' as tool_outcome, 'success' as outcome, ${skewMs} as clock_skew_ms, 1 as weight, false as is_sampled;`;

const troubles: Readonly<Record<string, Trouble>> = {
  'gateway and servers that were heard': {
    events: whole(),
    check: 'rows',
    told: [{ state: 'ok', found: '3 records of 3 sources, the newest of 2026-11-20 00:00 UTC' }],
  },
  'no server': {
    events: [event(), mcpRow()],
    check: 'rows',
    told: [{ state: 'warning', found: 'no record of a server is stored' }],
  },
  'no gateway': {
    events: [served()],
    check: 'rows',
    told: [{ state: 'warning', found: 'no record of a gateway is stored' }],
  },
  'a gateway without its MCP rows': {
    events: [event(), served()],
    check: 'rows',
    told: [
      {
        state: 'warning',
        found: 'the gateway logs requests, and no MCP rows (GatewayMCPLogs)',
        mend: expect.stringContaining('"category":"GatewayMCPLogs"') as unknown as string,
      },
    ],
  },
  'a source that fell silent while others went on': {
    events: [...[event(), mcpRow()], served({ occurred_at: '2026-11-17T12:00:00Z' })],
    check: 'rows',
    told: [
      {
        state: 'warning',
        found:
          'AppRequests (server) brought nothing since 2026-11-17 12:00 UTC, 3 days before others',
      },
    ],
  },
  'sources that could be read and were not': {
    events: whole().map((each) => ({ ...each, occurred_at: '2026-11-10T00:00:00Z' })),
    config: 'sources: [{ name: stream, kind: event-hubs, connection_string_env: GONE, hub: h }]',
    check: 'rows',
    told: [
      { state: 'warning', found: 'the newest record is 10 days old, although stream can be read' },
    ],
    code: 2,
  },
  'books in which nothing is odd': {
    script: `${books("(1, 'f', '', 1000, 999, 0, 1, 0, 0, 0)")}; insert into correlation_state values (1, 999, 'f')`,
    check: 'books',
    told: [{ state: 'ok', found: '999 records stored and correlated, 1 record set aside' }],
  },
  'records that cannot be used, were cut, are lost, or wait': {
    events: Array.from({ length: 7 }, () => event({ batch_id: 2 })),
    script: `${books("(1, 'f', '', 100, 95, 0, 5, 0, 0, 2), (2, 'f', '', 7, 7, 0, 0, 0, 0, 0)")}; insert into correlation_state values (1, 95, 'f'); insert into stream_gaps values ('s', '0', 'loss', 1, 2, null, now(), now()), ('retention', '', 'removed', 0, null, null, now(), now())`,
    check: 'books',
    told: [
      { state: 'warning', found: '5 records of 107 records could not be used (4.7 %)' },
      { state: 'warning', found: '1 gap in the streams: those events never will be stored' },
      { state: 'warning', found: '2 records were cut by their sender' },
      { state: 'warning', found: '7 records are stored, and not in any call yet' },
    ],
  },
  'books of records that retention removed': {
    script: `${books("(1, 'f', '', 10, 10, 0, 0, 0, 0, 0), (2, 'f', '', 7, 7, 0, 0, 0, 0, 0)")}; insert into correlation_state values (1, 17, 'f'); insert into stream_gaps values ('retention', '', 'removed', 0, null, null, now(), now())`,
    check: 'books',
    told: [{ state: 'ok', found: '17 records stored and correlated, 0 records set aside' }],
  },
  'requests that bring no trace': {
    events: [0, 1, 2, 3].map((at) => event(at === 0 ? {} : { operation_id: null })),
    check: 'headers',
    told: [
      {
        state: 'warning',
        found:
          "contoso-apim (ApiManagementGatewayLogs): of 4 requests that called a tool, session id 100 %, trace 25 %, agent's id 100 %, tool name 100 %",
        why: 'Without trace, calls are joined by time and cannot be attributed',
        mend: changed(
          'azuremonitor',
          '.properties.frontend.request.headers |= (. + ["traceparent"] | unique) | .properties.backend.request.headers |= (. + ["traceparent"] | unique)',
        ),
      },
    ],
  },
  'ids of the legacy protocol': {
    events: [...whole(), served({ parent_span_id: '|4bf92f3577b34da6.a1b2.', server_id: 'crm' })],
    check: 'trace-ids',
    told: [
      {
        state: 'warning',
        found: '1 record with ids of the legacy protocol (|root.span.): crm',
        mend: changed('applicationinsights', '.properties.httpCorrelationProtocol = "W3C"'),
      },
    ],
  },
  'a setting of the legacy protocol, newer than one of W3C': {
    events: whole(),
    script: `${setting("'applicationinsights', timestamptz '2026-11-19 00:00:00Z', true, 0, 'W3C', 100, null")}; ${setting("'applicationinsights', timestamptz '2026-11-20 00:00:00Z', true, 0, null, 100, null")}`,
    check: 'trace-ids',
    told: [
      {
        state: 'failed',
        found: "contoso-apim passes traces on as 'Legacy' for all APIs (read 2026-11-20 00:00 UTC)",
      },
    ],
    code: 2,
  },
  'a setting that logs answers of one API': {
    events: whole(),
    script: setting(
      "'azuremonitor', timestamptz '2026-11-20 00:00:00Z', true, 8192, 'W3C', 100, 'crm'",
    ),
    check: 'bodies',
    told: [
      {
        state: 'failed',
        found:
          'contoso-apim logs 8,192 bytes of each answer of the API crm (azuremonitor, read 2026-11-20 00:00 UTC)',
        mend: changed(
          'azuremonitor',
          '.properties.frontend.response.body.bytes = 0 | .properties.backend.response.body.bytes = 0',
          `${GATEWAY}/apis/crm`,
        ),
      },
    ],
    code: 2,
  },
  'an API that is not MCP logs what it likes': {
    events: whole(),
    script: setting(
      "'azuremonitor', timestamptz '2026-11-20 00:00:00Z', false, 8192, 'W3C', 100, 'pets'",
    ),
    check: 'bodies',
    told: [{ state: 'ok', found: 'no stored record holds an answer, a tool result or a prompt' }],
  },
  'records that hold answers, of a gateway and of a server': {
    events: [event({ response_body_logged_bytes: 12 }), served({ response_body_logged_bytes: 5 })],
    check: 'bodies',
    told: [
      {
        state: 'warning',
        found:
          'contoso-apim (ApiManagementGatewayLogs): 1 record with answers, results or prompts, the last of 2026-11-20 00:00 UTC',
      },
      {
        state: 'warning',
        found:
          'appi-crm (AppRequests): 1 record with answers, results or prompts, the last of 2026-11-20 00:00 UTC',
        mend: expect.stringContaining(
          'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=false',
        ) as unknown as string,
      },
    ],
  },
  'servers that sample': {
    events: [...whole(), served({ weight: 4 })],
    check: 'sampling',
    told: [
      {
        state: 'warning',
        found: 'servers sampled: 2 records stand for 5 records (appi-crm)',
        mend: expect.stringContaining(
          '--resource-group rg --settings AzureFunctionsJobHost__logging__',
        ) as unknown as string,
      },
    ],
  },
  'a setting that keeps a half, and no other': {
    events: [event({ weight: 2 })],
    script: setting(
      "'applicationinsights', timestamptz '2026-11-20 00:00:00Z', true, 0, 'W3C', 50, null",
    ),
    check: 'sampling',
    told: [
      {
        state: 'failed',
        found:
          'contoso-apim logs 50 % of requests of all APIs (applicationinsights, read 2026-11-20 00:00 UTC)',
      },
    ],
    code: 2,
  },
  'a setting that keeps none, or cannot be read': {
    events: [event({ weight: 2 })],
    script: setting(
      "'applicationinsights', timestamptz '2026-11-20 00:00:00Z', true, 0, 'W3C', 0, null",
    ),
    check: 'sampling',
    told: [
      {
        state: 'failed',
        found:
          'contoso-apim logs no request of all APIs, or how many could not be read (applicationinsights, read 2026-11-20 00:00 UTC)',
      },
    ],
    code: 2,
  },
  'a setting that keeps a half, beside one that keeps all': {
    events: [event({ weight: 2 })],
    script: `${setting("'applicationinsights', timestamptz '2026-11-20 00:00:00Z', true, 0, 'W3C', 50, null")}; ${setting("'azuremonitor', timestamptz '2026-11-20 00:00:00Z', true, 0, 'W3C', null, null")}`,
    check: 'sampling',
    told: [{ state: 'warning' }],
  },
  'a server whose clock was wrong and is right now': {
    script: call('crm', 60_000) + call('crm', 40, 48) + call('crm', 60, 48),
    check: 'clocks',
    told: [{ state: 'ok', found: "1 server within 50 ms of the gateway's clock" }],
  },
  'a record of a time that has not come': {
    events: [...whole(), served({ occurred_at: '2031-01-01T00:00:00Z' })],
    check: 'dates',
    told: [
      {
        state: 'warning',
        found:
          '1 record of AppRequests (appi-crm) dated more than a day ahead of now, up to 2031-01-01 00:00 UTC',
      },
    ],
  },
  'a record of a time that has not come, which makes nobody quiet': {
    events: [...whole(), served({ occurred_at: '2031-01-01T00:00:00Z' })],
    check: 'rows',
    told: [{ state: 'ok', found: '4 records of 3 sources, the newest of 2026-11-20 00:00 UTC' }],
  },
  'records that all are ahead of the clock, and of no window': {
    events: whole().map((each) => ({ ...each, occurred_at: '2031-01-01T00:00:00Z' })),
    check: 'dates',
    told: [
      {
        state: 'warning',
        found: "every record is dated more than a day ahead of this machine's clock",
      },
    ],
  },
  'records that all are ahead of the clock': {
    events: whole().map((each) => ({ ...each, occurred_at: '2031-01-01T00:00:00Z' })),
    check: 'rows',
    told: [{ state: 'ok', found: '3 records of 3 sources, all dated ahead of now' }],
  },
  'a server whose clock is a minute behind': {
    script: call('docs', 10) + call('crm', -60_000),
    check: 'clocks',
    told: [{ state: 'warning', found: "crm's clock is 60 s behind the gateway's (1 call)" }],
  },
  'two sides that do not find each other': {
    script: call('crm', 1) + call('crm', 1, 0, 'gateway_only') + call('crm', 1, 0, 'server_only'),
    check: 'matches',
    told: [
      {
        state: 'warning',
        found:
          'only 33 % of 3 calls seen by both sides, 33 % joined by a trace; gateway alone 1 call, server alone 1 call',
      },
    ],
  },
};

describe.each(Object.entries(troubles))('%s', (_, { check, told, code = 0, ...given }) => {
  test('is told', async () => {
    const answer = await over(given);

    expect(answer.of(check)).toMatchObject(told);
    expect(answer.of(check)).toHaveLength(told.length);
    expect(answer.code).toBe(code);
  });
});

test('a database without evidence says so, and nothing is well or wrong', async () => {
  const { rows } = await over({});
  const evidence = rows.filter(({ area }) => area === 'evidence');

  expect(evidence.filter(({ check }) => !['bodies', 'sampling'].includes(check))).toEqual(
    expect.arrayContaining([expect.objectContaining({ check: 'rows', state: 'skipped' })]),
  );
  expect(evidence.filter(({ state }) => state === 'failed' || state === 'warning')).toEqual([]);
});
