import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Area, State } from '../../doctor/check.ts';
import type { Examined } from '../../doctor/examine.ts';
import { mendsMarkdown } from '../../doctor/markdown.ts';
import { examinedText } from '../../doctor/text.ts';
import { Store } from '../../store/store.ts';
import { ask, temporaryFolder } from '../cli/fleet.ts';

function examined(
  name: string,
  area: Area,
  state: State,
  found: string,
  rest: Partial<Examined> = {},
): Examined {
  const check = { name, area, asks: 'What?', examine: async () => [] };
  return { check, state, found, ...rest };
}

test('what is wrong comes first, lines to type are said once, and one reason is one line', () => {
  const mend =
    'az one\naz two --with a-name-that-is-never-wrapped-however-long-it-becomes-because-it-is-to-be-typed-as-it-is';
  const text = examinedText([
    examined('node', 'machine', 'ok', 'Node 24'),
    examined('disk', 'machine', 'ok', '2 GB free'),
    examined('tables', 'azure', 'skipped', 'nothing in Azure'),
    examined('clock', 'azure', 'skipped', 'nothing in Azure'),
    examined('secrets', 'config', 'skipped', 'no secret'),
    examined('rows', 'evidence', 'warning', 'nothing came', { why: 'Silence', mend }),
    examined(
      'bodies',
      'evidence',
      'failed',
      `answers are logged, ${'which is long, '.repeat(8)}and ends`,
      {
        why: 'They leak',
        mend,
      },
    ),
    examined('sampling', 'evidence', 'failed', 'half is kept', { mend: 'az three' }),
  ]);

  expect(text).toBe(`failed   bodies
         answers are logged, which is long, which is long, which is long, which is long, which is long, which
         is long, which is long, which is long, and ends.
         They leak.
         mend:
           az one
           az two --with a-name-that-is-never-wrapped-however-long-it-becomes-because-it-is-to-be-typed-as-it-is

failed   sampling
         half is kept.
         mend:
           az three

warning  rows
         nothing came.
         Silence.
         mend: as for bodies, above

skipped  azure    nothing in Azure: tables, clock
skipped  secrets  no secret

ok       node  Node 24
ok       disk  2 GB free

2 failed, 1 warning, 3 skipped, 2 ok
`);
});

test('names of telemetry act neither on the terminal nor in a line that is typed', async () => {
  const db = join(temporaryFolder(), 'w.duckdb');
  {
    using store = await Store.openToWrite(db);
    const id = `/subscriptions/s/resourcegroups/rg/providers/microsoft.apimanagement/service/x'; touch hacked; '\u001b[2J`;
    await store.run(
      `insert into events by name
       select uuid() as event_id, 0 as item_no, 'ApiManagementGatewayLogs' as source_table, 1 as source_rank, 1 as content_hash,
         1 as batch_id, 1 as record_no, 'gateway' as layer, 'request' as kind, now() as occurred_at, $id as resource_id,
         'c' as correlation_id, 'tools/call' as mcp_method, 2 as weight, 9 as response_body_logged_bytes`,
      { id },
    );
    await store.run(
      `insert into gateway_settings by name
       select $id as gateway, 'azuremonitor' as diagnostic_id, now() as observed_at, true as fronts_mcp, 9 as response_body_bytes`,
      { id },
    );
  }
  const { out } = await ask(['doctor', '--db', db], { env: { MCP_WITNESS_KEY: 'k' } });

  expect(out).toContain('\\u001b[2J logs 9 bytes of each answer');
  expect(out).not.toContain('\u001b');
  // The quote of the name is closed, written, and opened again.
  expect(out).toContain(`service/x'\\''; touch hacked; '\\''`);
  expect(out.match(/URL='[^\n]*x'; touch/g)).toBeNull();
});

test('in Markdown the lines to type are blocks of their own, whatever is in them', () => {
  const text = mendsMarkdown([
    examined('a', 'azure', 'failed', 'x', { mend: 'az one' }),
    examined('b', 'azure', 'warning', 'y', { mend: 'az one' }),
    examined('c', 'azure', 'ok', 'z'),
    examined('d', 'azure', 'skipped', 'w', { mend: '```\n# not a heading' }),
  ]);

  expect(text).toBe(
    '\n## a, b\n\n```sh\naz one\n```\n\n## d\n\n````sh\n```\n# not a heading\n````\n',
  );
});
