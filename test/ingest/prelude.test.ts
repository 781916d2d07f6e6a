import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatchMapper } from '../../ingest/batch.ts';
import { identityOf } from '../../ingest/pseudonym.ts';
import { Store, type Value } from '../../store/store.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await BatchMapper.prepare(store, { key: 'k', apis: [] });
});
afterAll(() => store.close());

/** What each macro makes of a text. */
const cases: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  present: {
    'weather-mcp': 'weather-mcp',
    '': null,
    '-': null,
    '--': null,
    'n/a': null,
    NA: null,
    null: null,
    None: null,
    '0.0.0.0': null,
    '00000000-0000-0000-0000-000000000000': null,
    // Words that mean something.
    none: 'none',
    master: 'master',
    '0': '0',
    'n/a too': 'n/a too',
  },
  as_time: {
    '2026-11-20T14:45:56.1234567Z': '2026-11-20T14:45:56.123456Z',
    '2026-11-20T14:45:56+02:00': '2026-11-20T12:45:56Z',
    '2026-11-20T14:45:56': '2026-11-20T14:45:56Z',
    '2026-11-20 14:45:56.5': '2026-11-20T14:45:56.500000Z',
    '2026-11-20T14: 45: 56.58Z': '2026-11-20T14:45:56.580000Z',
    '11/20/2026, 2:45:56.123 PM': '2026-11-20T14:45:56.123000Z',
    '11/20/2026, 12:05:06.000 AM': '2026-11-20T00:05:06Z',
    '5/24/2024 2:45:56 PM': '2024-05-24T14:45:56Z',
    '11/20/2026 14:45:56': '2026-11-20T14:45:56Z',
    '20/11/2026 14:45:56': '2026-11-20T14:45:56Z',
    // Day and month cannot be told apart: not guessed.
    '04/02/2021 07:45:00': null,
    '2026-11-20': null,
    '1970-01-01T00:00:00Z': null,
    '9999-12-31T23:59:59Z': null,
    '2026-13-45T99:99:99Z': null,
    yesterday: null,
    '1795345200': null,
  },
  as_time_from_nanos: {
    '1795345200123456789': '2026-11-22T11:00:00.123456Z',
    '0': null,
    '-1': null,
    '1': null,
    '9223372036854775807': null,
    soon: null,
  },
  as_address: {
    '198.51.100.91': '198.51.100.91',
    '198.51.100.91:5423': '198.51.100.91',
    '[2001:db8::7]:443': '2001:db8::7',
    '[2001:db8::7]': '2001:db8::7',
    '2001:db8::7': '2001:db8::7',
    '2001:db8::7:443': '2001:db8::7:443',
    '::ffff:198.51.100.91': '::ffff:198.51.100.91',
    'client:443': 'client:443',
  },
  is_cut: {
    '0': false,
    '0.0': false,
    '1': true,
    '38': true,
    true: true,
    false: false,
    yes: true,
    'some of it': true,
  },
  header_text: {
    'invoice-clerk': 'invoice-clerk',
    '["invoice-clerk"]': 'invoice-clerk',
    '["n/a"]': null,
    '[]': null,
    '[1]': null,
    '["a", "b"]': null,
    '{"id": "a"}': null,
    '[::1]:443': '[::1]:443',
  },
  as_http_status: {
    '200': 200,
    '200.0': 200,
    'Error 503: busy': 503,
    '0': null,
    '99': null,
    '600': null,
    OK: null,
  },
  as_bigint: { '15': 15, '15.0': 15, '15.9': 16, '-3': -3, '1e400': null, many: null, '': null },
  as_duration: { '12.5': 12.5, '0': 0, '-1': null, NaN: null, inf: null, soon: null },
  as_boolean: {
    True: true,
    false: false,
    '1': true,
    '0': false,
    yes: true,
    No: false,
    maybe: null,
    '2': null,
  },
  as_trace_id: {
    A1B2C3D4E5F60718293A4B5C6D7E8F90: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    'a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90': 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    '|a1b2c3d4e5f60718293a4b5c6d7e8f90.1f2e.': 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    '|1f2e3d4c.5b6a.': '1f2e3d4c',
    'W47/95gDgQPSabYzgT/GDA==': '5b8efff798038103d269b633813fc60c',
    '00000000000000000000000000000000': null,
    'AAAAAAAAAAAAAAAAAAAAAA==': null,
    '': null,
  },
  as_span_id: {
    EEE19B7EC3C1B174: 'eee19b7ec3c1b174',
    '7uGbfsPBsXQ=': 'eee19b7ec3c1b174',
    '0000000000000000': null,
    '|root.1f2e.': '|root.1f2e.',
  },
  traceparent_trace: {
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01': '4bf92f3577b34da6a3ce929d0e0e4736',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01': null,
    '00-short-00f067aa0ba902b7-01': null,
  },
  url_path_of: {
    'https://user:pw@x.example:8443/a/b?code=1#frag': '/a/b',
    '/a/b?sig=1': '/a/b',
    'https://x.example': null,
  },
  host_and_path: {
    'https://user:pw@X.example:8443/a/b?code=1': 'x.example:8443/a/b',
    'x.example/a?sig=1': 'x.example/a',
    'x.example': 'x.example',
    '/weather/mcp?sig=1': '/weather/mcp',
    "select * from users where mail = 'a@b.c'": null,
    'GET /weather': null,
  },
  resource_of: {
    'weather-db': 'weather-db',
    'https://user:pw@kv.example/secrets/x?code=1': 'kv.example/secrets/x',
  },
  as_agent_id_kind: {
    'Supervisor:68': 'foundry_name_version',
    'aigw-runtime-key:agents': 'text',
    '6f1d2c3b-aaaa-4bbb-8ccc-1234567890ab': 'guid',
    'helpdesk-bot': 'text',
  },
  as_approval_result: {
    Accept: 'approved',
    rejected: 'denied',
    cancel: 'denied',
    'timed out': 'expired',
    'not required': 'not_required',
    perhaps: null,
  },
  as_authorization_mode: {
    'On-Behalf-Of': 'obo',
    'Managed Identity': 'managed_identity',
    client_credentials: 'service_principal',
    none: 'none',
    oauth2: null,
  },
  kept: {
    'helpdesk-bot': 'helpdesk-bot',
    'line\none': 'line one',
    'Authorization: Bearer abcdefgh1234': '[redacted]',
    'https://x.example/?code=abcdefgh&x=1': 'https://x.example/?[redacted]&x=1',
    'https://user:abcdefgh@x.example/': 'https[redacted]x.example/',
    'AccountKey=abcdefgh;x=1': '[redacted];x=1',
    [`ghp_${'a'.repeat(36)}`]: '[redacted]',
    [`${'long '.repeat(400)}`]: 'long '.repeat(205).slice(0, 1024),
  },
  excerpt_of: {
    '{"Type":"AppRequests","n":12,"list":["a",true]}': '{"Type":"…","n":,"list":["…",]}',
    '{"a":"an \\"escaped\\" secret"}': '{"a":"…"}',
    '{"a":"cut in its midd': '{"a":"…"',
    'password Secret1': 'aaaaaaaa aaaaaa9',
  },
};

describe.each(Object.entries(cases))('%s', (macro, texts) => {
  test.each(Object.entries(texts))('of %j', async (text, expected) => {
    const [row] = await store.rows(
      `select ${macro}(x) as made from (select cast($text as varchar) as x)`,
      {
        text,
      },
    );

    expect(row?.['made']).toEqual(expected);
  });

  test('of nothing is nothing', async () => {
    const [row] = await store.rows(`select ${macro}(cast(null as varchar)) as made`);

    expect(row?.['made']).toBe(null);
  });
});

describe('an IP address in a text', () => {
  const addresses: Readonly<Record<string, readonly string[]>> = {
    '::1': ['::1'],
    'fe80::1': ['fe80::1'],
    'from [fe80::1%eth0]:443': ['fe80::1'],
    '2001:db8::1 and ::2': ['2001:db8::1', '::2'],
    '2001:DB8:0:0:0:0:0:7,': ['2001:DB8:0:0:0:0:0:7'],
    'route 2001:db8::/32': ['2001:db8::'],
    '::ffff:203.0.113.9': ['::ffff:203.0.113.9'],
    'peer=203.0.113.9:443': ['203.0.113.9'],
    // What touches it makes it no other.
    'sess_198.51.100.93': ['198.51.100.93'],
    'ip-198.51.100.95': ['198.51.100.95'],
    '198.51.100.96_1 and 198.51.100.98x': ['198.51.100.96', '198.51.100.98'],
    'a198.51.100.97': ['198.51.100.97'],
    'dev198.51.100.97-198.51.100.98': ['198.51.100.97', '198.51.100.98'],
    'a_198.51.100.97_198.51.100.98_b': ['198.51.100.97_198.51.100.98'],
    'sess_2001:db8::7_1': ['2001:db8::7'],
    'node2001:db8::7x': ['2001:db8::7'],
    'host2001:DB8:0:0:0:0:0:7z': ['2001:DB8:0:0:0:0:0:7'],
    'gwfe80::1 and pfd00:1::2': ['fd00:1::2', 'fe80::1'],
    'x2001:db8:1::203.0.113.9y': ['2001:db8:1::203.0.113.9'],
    // What looks like one and is none.
    'v1.2.3.4-beta and tools_v1.2.3.4': [],
    'Core/1.44.1.0': [],
    'f1::add_b and a_1::b': [],
    '12:30:45': [],
    'at 12:30:45.123, 00:1a:2b:3c:4d:5e': [],
    '12:34:56Z and 2026:11:20T12:34:56z': [],
    'Edition2021::prelude and newsfeed:a::bx': [],
    'std::vector<int>': [],
    'a::b, ::add and face::dead': [],
    'core::f64::consts::PI': [],
    'Step 1:: done': [],
    'urn:x:1:2': [],
  };

  test.each(Object.entries(addresses))('%s', async (text, expected) => {
    const [row] = await store.rows(
      'select list_sort(ips_in($text)) as found, needs_cleaning($text || chr(30) || chr(29)) as is_looked_at',
      { text },
    );

    expect(row?.['found']).toEqual([...expected].sort());
    if (expected.length > 0) expect(row?.['is_looked_at']).toBe(true);
  });

  test.each([...Object.keys(addresses), 'Ana@contoso.com', 'svc at 10.0.0.5 and 10.0.0.50'])(
    '%s as an identity has the same pseudonym here and where it is looked up',
    async (text) => {
      const [row] = await store.rows(
        "select pseudonym('identity', kept(mask_ips($text))) as at_once, pseudonym('identity', kept(mask_ips(mask_ips($text)))) as later",
        { text },
      );

      expect(row).toEqual({ at_once: identityOf(text, 'k'), later: identityOf(text, 'k') });
    },
  );
});
