/** A diagnostic of API Management: of all APIs, or of one. */
export interface DiagnosticPlace {
  /** ARM id of the service. */
  readonly gateway: string;
  readonly api: string | undefined;
  /** 'applicationinsights' or 'azuremonitor'. */
  readonly diagnostic: string;
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
}

export const DIAGNOSTICS_VERSION = '2024-05-01';

export const NO_BODIES =
  '.properties.frontend.response.body.bytes = 0 | .properties.backend.response.body.bytes = 0';
/** Tokens stay, messages go. */
export const NO_MESSAGES = '.properties.largeLanguageModel = {"logs": "enabled"}';
export const W3C = '.properties.httpCorrelationProtocol = "W3C"';
export const EVERY_REQUEST =
  '.properties.sampling = {"samplingType": "fixed", "percentage": 100} | .properties.alwaysLog = "allErrors"';
export const CLIENT_ADDRESS = '.properties.logClientIp = true';

/** Adds headers to those that are logged. */
export function withHeaders(
  side: 'frontend' | 'backend',
  message: 'request' | 'response',
  names: readonly string[],
): string {
  return `.properties.${side}.${message}.headers |= (. + ${JSON.stringify(names)} | unique)`;
}

/** Takes headers out of those that are logged, however they are written. */
export function withoutHeaders(side: string, message: string, names: readonly string[]): string {
  const list = names.map((name) => JSON.stringify(name.toLowerCase())).join(', ');
  return `.properties.${side}.${message}.headers |= map(select(ascii_downcase | IN(${list}) | not))`;
}

/**
 * Lines that change a diagnostic as it is then, and nothing else of it: written anew it would lose what
 * else it logs, and two changes would undo each other.
 */
export function changeDiagnostic(
  { gateway, api, diagnostic, endpoint }: DiagnosticPlace,
  changes: readonly string[],
): string {
  const scope = api === undefined ? gateway : `${gateway}/apis/${api}`;
  const url = `${endpoint}${scope}/diagnostics/${diagnostic}?api-version=${DIAGNOSTICS_VERSION}`;
  const rest = `az rest${otherCloud(endpoint)}`;
  return [
    `URL=${quoted(url)}`,
    `${rest} --url "$URL" | jq '{properties} | ${changes.join(' | ')}' > diagnostic.json`,
    `${rest} --method put --url "$URL" --headers If-Match='*' --body @diagnostic.json`,
  ].join('\n');
}

function otherCloud(endpoint: string): string {
  return endpoint === 'https://management.azure.com' ? '' : ` --resource ${quoted(endpoint)}`;
}

/** A text as a POSIX shell takes it, whatever is in it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export interface LogSetting {
  /** ARM id of what logs. */
  readonly resource: string;
  /** ARM id of the workspace. */
  readonly workspace: string;
  readonly categories: readonly string[];
  /** One of that name is replaced. */
  readonly name?: string;
}

/** A setting takes the place of one of its name: each choice of categories has a name of its own. */
function nameOf({ categories }: LogSetting): string {
  return ['mcp-witness', ...categories].join('-').toLowerCase();
}

/** The line that sends categories to a workspace, into tables of their own. */
export function sendCategories(setting: LogSetting): string {
  const { resource, workspace, categories, name = nameOf(setting) } = setting;
  const logs = categories.map((category) => ({ category, enabled: true }));
  return `az monitor diagnostic-settings create --name ${quoted(name)} --resource ${quoted(resource)} --workspace ${workspace} --export-to-resource-specific true --logs ${quoted(JSON.stringify(logs))}`;
}
