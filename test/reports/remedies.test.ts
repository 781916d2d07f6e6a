import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { CONTRACT_FIELDS } from '../../reports/contract-fields.ts';
import { listRemedies, remedyFor, SIDES, snippetsOf } from '../../reports/remedies.ts';

const remedies = listRemedies();
const named = remedies.map((remedy) => [remedy.name, remedy] as const);

/** Nobody but the server knows of approvals. */
const SERVER_ALONE = ['approval_required', 'approval_result'];

test.each(SIDES)('every field that the %s can supply has a remedy, and no other', (side) => {
  const supplied = CONTRACT_FIELDS.filter(
    (field) => side === 'server' || !SERVER_ALONE.includes(field),
  );

  expect(remedies.filter((remedy) => remedy.side === side).map(({ field }) => field)).toEqual(
    supplied.toSorted(),
  );
});

/** What would read, buffer, change or log a body, wherever it stands. */
const BODY = [
  /\.Body\b/,
  /\bBody\.As/,
  /\bset-body\b/,
  /buffer-(?:request-body|response)/,
  /<(?:log-to-eventhub|return-response|send-request|validate-content|find-and-replace|json-to-xml|xml-to-json)\b/,
  /"bytes":\s*[1-9]/,
  /"messages":/,
  /\b(?:arguments|args|params|prompt|response_text)\b(?!_hash)/i,
  /\b(?:request|req|response|res|httpContext\.Request|httpContext\.Response)\.(?:body|json|text|form|content)\b/i,
  /\bresult\.(?:content|structuredContent)\b/i,
];

describe.each(named)('%s', (_, remedy) => {
  const snippets = snippetsOf(remedy);
  const ofLanguage = (language: string) =>
    snippets.filter((snippet) => snippet.language === language).map(({ code }) => code);

  test('has snippets, says where they go and what they rest on', () => {
    expect(snippets.length).toBeGreaterThan(0);
    expect(remedy.docs).toMatch(/^https:\/\/learn\.microsoft\.com\/[a-z]/);
    expect(remedy.title).toMatch(/^[A-Z].{10,90}[^.]$/);
    expect(remedy.where.length).toBeGreaterThan(10);
  });

  test('reads no body, and logs none', () => {
    const found = snippets.flatMap(({ code }) => BODY.filter((pattern) => pattern.test(code)));
    expect(found).toEqual([]);
  });

  test('is well formed', () => {
    for (const code of ofLanguage('xml')) expect(xmlProblem(code)).toBeUndefined();
    for (const code of ofLanguage('json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
    for (const code of ofLanguage('ts')) expect(() => stripTypeScriptTypes(code)).not.toThrow();
    for (const code of [...ofLanguage('python'), ...ofLanguage('csharp')]) {
      expect(unbalanced(code)).toEqual([]);
    }
  });
});

test.each(named.filter(([, { side }]) => side === 'server'))(
  '%s adds the field to one event, in three languages',
  (_, remedy) => {
    const snippets = snippetsOf(remedy);
    expect(snippets.map(({ language }) => language)).toEqual(['python', 'ts', 'csharp']);
    for (const { code } of snippets) {
      expect(code).toContain('mcp.tool_call');
      expect(code).toContain('microsoft.custom_event.name');
      expect(code).toMatch(new RegExp(`\\b${remedy.field}\\b`));
    }
    // As many values as the C# template has names.
    const csharp = snippets.at(-1)?.code ?? '';
    const names = [...csharp.matchAll(/\{[\w.]+\}/g)].length;
    expect(csharp.trimEnd().split('\n').length).toBe(2 + names);
  },
);

test.each(named.filter(([, { side }]) => side === 'gateway'))(
  '%s keeps the stream, and every body at zero bytes',
  (_, remedy) => {
    const codeIn = (wanted: string) =>
      snippetsOf(remedy).flatMap(({ language, code }) => (language === wanted ? [code] : []));
    for (const code of codeIn('json')) {
      expect(code.match(/"bytes": 0/g)).toHaveLength(4);
      expect(code).toContain('"percentage": 100');
    }
    for (const code of codeIn('xml')) {
      expect(code).not.toMatch(/context\.Response/);
    }
  },
);

test('the checks find what they look for', () => {
  const reads = '<set-variable name="b" value="@(context.Request.Body.As<string>(true))" />';
  expect(BODY.some((pattern) => pattern.test(reads))).toBe(true);
  expect(BODY.some((pattern) => pattern.test('{ "bytes": 1024 }'))).toBe(true);
  expect(xmlProblem('<a><b></a>')).toBe('</a> closes <b>');
  expect(xmlProblem('<a x="1" y=\'"\' />')).toBeUndefined();
  expect(xmlProblem('<a x="a"b" />')).toContain('not a tag');
  expect(xmlProblem(reads)).toContain('not a tag');
  expect(xmlProblem('<a>')).toBe('<a> is open');
  expect(unbalanced('f(")", x]')).toEqual([']', '(']);
});

describe('the names of a server', () => {
  const [, agent] = named.find(([name]) => name === 'gateway/mcp_session_id') ?? [];
  const [, event] = named.find(([name]) => name === 'server/server_id') ?? [];

  test('stand in place of the placeholders', () => {
    const names = { server_id: 'billing-mcp', api_id: 'billing-api' };

    expect(agent && remedyFor(agent, names)).toMatchObject({
      where: 'azuremonitor diagnostic of the API billing-api',
      text: expect.stringContaining('/apis/billing-api/diagnostics/azuremonitor'),
    });
    expect(event && remedyFor(event, names).text).toContain('"server_id": "billing-mcp"');
  });

  test('that are not plain do not come into code', () => {
    for (const name of ['x"; drop()', "a'b", '{x}', '<b>', '', 'a b', '-x']) {
      const filled = event && remedyFor(event, { server_id: name, api_id: null });
      expect(filled?.text).toBe(event?.text);
    }
  });
});

/** What is wrong with a piece of XML; nested tags, quoted attributes, no bare < or & inside. */
function xmlProblem(xml: string): string | undefined {
  const open: string[] = [];
  for (const [markup] of xml.matchAll(
    /<[^<]*?>(?=[^"'>]*(?:<|$))|<|&(?!(?:amp|lt|gt|quot|apos);)/g,
  )) {
    if (markup === '&') return 'a bare &';
    const [, slash, name = '', closed] =
      /^<(\/?)([a-z][\w.-]*)(?:\s+[a-z][\w.-]*=(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>$/.exec(markup) ??
      [];
    if (name === '') return `${markup} is not a tag`;
    if (slash === '/') {
      const opened = open.pop();
      if (opened !== name) return `</${name}> closes <${opened}>`;
    } else if (closed !== '/') open.push(name);
  }
  return open.length === 0 ? undefined : `<${open.join('><')}> is open`;
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Brackets of a program that have no partner; what is in quotes is not looked at. */
function unbalanced(program: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const character of program.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')) {
    if ('([{'.includes(character)) open.push(character);
    const partner = CLOSES[character];
    if (partner === undefined) continue;
    if (open.at(-1) === partner) open.pop();
    else wrong.push(character);
  }
  return [...wrong, ...open];
}
