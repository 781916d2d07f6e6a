/** Secrets of every kind, and telemetry of every source with one of them in each of its fields. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../core/package-root.ts';

/** In every secret; looks like nothing that a pattern would know. */
export const CANARY = 'c4n4ryq7zw';
const LONG = `${CANARY}Xk29vTq81LmZ0aRw54YsNd7`;

/** Each as it stands in telemetry; text around it may stay, the canary may not. */
export const SECRETS: Readonly<Record<string, string>> = {
  'a bearer token': `Bearer ${LONG}`,
  'a header': `failed: Authorization: ApiKey ${LONG}`,
  'a JWT': `eyJhbGciOiJSUzI1NiJ9.${LONG}.${LONG}`,
  'a subscription key in a query': `https://apim.example/p?subscription-key=${LONG}&x=1`,
  'a subscription key in a header': `Ocp-Apim-Subscription-Key: ${LONG}`,
  'a function key': `/api/tool?code=${LONG}==&x=1`,
  'a SAS signature': `https://x.example/b?sv=2024&sr=b&sig=${LONG}%3D&se=2027-01-01`,
  'an encoded SAS signature': `redirect%3Fsig%3D${LONG}`,
  'a storage connection string': `AccountName=x;AccountKey=${LONG}==;EndpointSuffix=core.windows.net`,
  'a bus connection string': `Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=${LONG}=`,
  'a password in a URL': `amqps://user:${CANARY}@host.example/x`,
  'a short password': `pwd=${CANARY}`,
  'a password in JSON': `{"user":"x","password":"two words ${CANARY}"}`,
  'a password in JSON in JSON': `{\\"password\\":\\"${CANARY}\\"}`,
  cookies: `Cookie: session=${CANARY}; other=${LONG}`,
  'a set cookie': `Set-Cookie: session=${CANARY}; Path=/`,
  'a client secret': `grant_type=x&client_secret=${LONG}&y=1`,
  'an Entra secret': `abc8Q~${LONG}0123456789`,
  'an API key': `sk-proj-${LONG}`,
  'a GitHub token': `ghp_${LONG}`,
  'a private key': `-----BEGIN RSA PRIVATE KEY-----\n${LONG}\n-----END RSA PRIVATE KEY-----`,
};

/** Not secret, but a person: stays only in the columns that are made for people. */
export const EMAIL = `${CANARY}@contoso.com`;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Plant = (text: string, key: string) => Json;

/** By what a record is told, and where it is: without these it is set aside. */
const TOLD_BY = /^(?:type|category|itemtype|@odata\.type|operationname|kind|odata\.type)$/i;
/** A metric is told by its name. */
const IS_METRIC = /^(?:Prompt|Prompt Cached|Completion|Total) Tokens$/;
const IS_FORMED = /^(?:\d.*\d.*|[0-9a-f-]{12,}|[{[].*|true|false|)$/is;

/** A fixture's text with `plant` in the place of its texts; `all` leaves nothing as it was. */
function planted(value: Json, plant: Plant, all: boolean, key = ''): Json {
  if (Array.isArray(value)) return value.map((each) => planted(each, plant, all, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, planted(each, plant, all, name)]),
    );
  }
  if (typeof value !== 'string') return value;
  const inner = parsed(value);
  if (inner !== undefined) return JSON.stringify(planted(inner, plant, all, key));
  if (TOLD_BY.test(key) || (!all && IS_METRIC.test(value)) || (key === 'key' && !all)) return value;
  if (!all && (IS_FORMED.test(value) || /resourceid|^id$|providers\//i.test(`${key} ${value}`)))
    return value;
  return plant(value, key);
}

/** An object or a list within a text. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The JSON values in the fixtures of a source. */
function fixturesOf(stem: string): Json[] {
  const folder = join(packageRoot, 'test/ingest/fixtures');
  return globSync(`${stem}.*.*json`, { cwd: folder }).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const lines = name.endsWith('.ndjson') ? text.split('\n') : [text];
    return lines.map(parsed).filter((value) => value !== undefined);
  });
}

/** Ids of this copy, so that it is an event of its own. */
function renumbered(value: Json, no: number): string {
  const mark = no.toString(16).padStart(4, '0');
  return JSON.stringify(value)
    .replace(/[0-9a-f]{4}(?=[^0-9a-f])(?<=[0-9a-f]{12}|[0-9a-f-]{36})/gi, mark)
    .replace(
      /("(?:\w*correlation_?id|id|\w*agentid)":"(?:[^"\\]|\\.)*)(?<![0-9a-f]{12})"/gi,
      `$1${mark}"`,
    );
}

/** Lines of JSON: every fixture of the source with `text` in each of its fields. */
export function telemetryWith(text: string, stem: string, no: number): string[] {
  const plant: Plant = (_, key) => (/time|date/i.test(key) ? `2026-11-20 ${text}` : text);
  return fixturesOf(stem).flatMap((value) => [
    renumbered(planted(value, plant, false), no),
    renumbered(planted(value, plant, true), no),
  ]);
}

/** Where telemetry carries content: it has no form of its own, so what is never read is never stored. */
const CONTENT = {
  prompt: CANARY,
  'gen_ai.prompt': CANARY,
  'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: CANARY }]),
  'gen_ai.output.messages': [{ role: 'assistant', parts: [{ text: CANARY }] }],
  'gen_ai.system_instructions': CANARY,
  'gen_ai.tool.call.arguments': JSON.stringify({ city: CANARY }),
  'gen_ai.tool.call.result': CANARY,
  tool_arguments: `not JSON: ${CANARY}`,
  arguments: { deep: [{ note: CANARY }] },
  'request-body': CANARY,
  'response-body': CANARY,
  RequestBody: JSON.stringify({ method: 'tools/call', params: { arguments: { x: CANARY } } }),
  ResponseBody: JSON.stringify({ id: 1, result: { content: [{ text: CANARY }] } }),
  RequestMessages: [{ content: CANARY }],
  ResponseMessages: CANARY,
  StatusMessage: CANARY,
  'exception.message': CANARY,
  'exception.stacktrace': CANARY,
  OuterMessage: CANARY,
  Instructions: CANARY,
  description: CANARY,
} as const;

/** Every fixture of the source with content beside its fields, and in every bag of them. */
export function telemetryWithContent(stem: string): string[] {
  return fixturesOf(stem).map((value) => JSON.stringify(withContent(value)));
}

function withContent(value: Json, key = ''): Json {
  if (typeof value === 'string') {
    const inner = parsed(value);
    return inner === undefined ? value : JSON.stringify(withContent(inner, key));
  }
  if (Array.isArray(value)) {
    const items = value.map((each) => withContent(each, key));
    return key === 'attributes' ? [...items, ...Object.entries(CONTENT).map(attribute)] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, withContent(each, name)]);
  // The value of an OTLP attribute is an object whose only field is the value.
  return (
    key === 'value' ? Object.fromEntries(entries) : { ...CONTENT, ...Object.fromEntries(entries) }
  ) as Json;
}

function attribute([key, value]: [string, unknown]): Json {
  return { key, value: { stringValue: typeof value === 'string' ? value : JSON.stringify(value) } };
}
