import { expect, test } from 'vitest';
import { formatListing } from '../../reports/formats/format.ts';
import { remediesText, withRemedies } from '../../reports/holes.ts';
import { listingOf } from './fleet.ts';

const hole = (fields = {}) => ({
  field: 'mcp_session_id',
  server_id: 'billing-mcp',
  api_id: 'billing-api',
  side: 'gateway',
  missing_ratio: 0.25,
  calls: 8,
  missing_calls: 2,
  seen_calls: 2,
  ...fields,
});

const listing = (...rows: readonly ReturnType<typeof hole>[]) =>
  withRemedies(listingOf('sre/coverage_holes', rows));

test('each hole has its remedy, for its own server and API', () => {
  expect(listing(hole(), hole({ field: 'agent_id', side: 'server' })).rows).toMatchObject([
    {
      field: 'mcp_session_id',
      remedy: 'gateway/mcp_session_id',
      how: 'Let the gateway log the session header, of requests and of responses',
      where: 'azuremonitor diagnostic of the API billing-api',
      docs: expect.stringMatching(/^https:/),
      snippet: expect.stringContaining('/apis/billing-api/diagnostics/'),
    },
    { remedy: 'server/agent_id', snippet: expect.stringContaining('"server_id": "billing-mcp"') },
  ]);
});

test.each(['json', 'ndjson', 'csv', 'md'])('%s carries the snippet', (format) => {
  const text = formatListing(format, listing(hole()));

  expect(text).toContain('billing-api');
  expect(text).toContain('Mcp-Session-Id');
  expect(text.split('```json').length + text.split('\\`\\`\\`json').length).toBe(3);
});

test('in words, a remedy comes once, with the names of a lone server in it', () => {
  const text = remediesText(listing(hole()));

  expect(text).toContain(
    '## gateway/mcp_session_id: Let the gateway log the session header, of requests and of responses\n\n- billing-mcp (API billing-api): 25 % lack it, 2 calls\n\nWhere: azuremonitor diagnostic of the API billing-api\n',
  );
  expect(text).toContain('/apis/billing-api/diagnostics/');
});

test('for several servers it names them all, and leaves the place for the name', () => {
  const text = remediesText(listing(hole(), hole({ server_id: 'crm-mcp', api_id: 'crm-mcp' })));

  expect(text.match(/^## /gm)).toHaveLength(1);
  expect(text).toContain('- billing-mcp (API billing-api): 25 %');
  expect(text).toContain('- crm-mcp: 25 %');
  expect(text).toContain('/apis/API_ID/diagnostics/');
});

test('a hostile name does not get into code, nor act in the text', () => {
  const text = remediesText(
    listing(hole({ server_id: '\u001b[2J`x` <b>', api_id: '"; rm -rf /' })),
  );

  expect(text).toContain('/apis/API_ID/diagnostics/');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('<b>');
  expect(text).not.toContain('rm -rf /\n```');
});
