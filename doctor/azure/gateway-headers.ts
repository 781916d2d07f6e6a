import { type Check, type Finding, ok, warning } from '../check.ts';
import { eachGateway, placeOf, scopeText } from './each-gateway.ts';
import { type Diagnostic, valueAt } from './gateway.ts';
import { changeDiagnostic, withHeaders, withoutHeaders } from './lines.ts';

/** What joins and attributes a call, and carries no secret. */
const WANTED = [
  [
    'frontend',
    'request',
    ['Mcp-Session-Id', 'Mcp-Method', 'Mcp-Name', 'traceparent', 'x-agent-id'],
  ],
  ['frontend', 'response', ['Mcp-Session-Id', 'WWW-Authenticate']],
  ['backend', 'request', ['traceparent']],
] as const;

/** Whoever reads these headers has the credential. */
const SECRET =
  /^(authorization|proxy-authorization|cookie|set-cookie|.*subscription-key|x-api-key|api-key|x-functions-key)$/i;

const isSecret = (name: string): boolean => SECRET.test(name);

const ALL = ['frontend', 'backend'].flatMap((side) =>
  ['request', 'response'].map((message) => [side, message] as const),
);

export const gatewayHeaders: Check = {
  name: 'gateway-headers',
  area: 'azure',
  asks: 'Are the headers logged that join and attribute a call, and none that is a credential?',
  async examine(patient) {
    const endpoint = await patient.estate.managementEndpoint();
    return eachGateway(patient, ({ name, inForce }) => {
      const findings = inForce.flatMap((diagnostic) => lookAt(diagnostic, endpoint));
      return findings.length > 0
        ? findings
        : [ok(`${name} logs the headers that calls are joined by`)];
    });
  },
};

function lookAt(diagnostic: Diagnostic, endpoint: string): Finding[] {
  const place = placeOf(diagnostic, endpoint);
  const where = `${diagnostic.name}, ${scopeText(diagnostic)}`;
  const missing = WANTED.map(([side, message, names]) => {
    const logged = headersAt(diagnostic, side, message).map((each) => each.toLowerCase());
    return [side, message, names.filter((each) => !logged.includes(each.toLowerCase()))] as const;
  }).filter(([, , names]) => names.length > 0);
  const secrets = ALL.map(
    ([side, message]) =>
      [side, message, headersAt(diagnostic, side, message).filter(isSecret)] as const,
  ).filter(([, , names]) => names.length > 0);
  const findings: Finding[] = [];
  if (secrets.length > 0) {
    const names = new Set(secrets.flatMap(([, , those]) => those));
    findings.push(
      warning(`${where}: ${[...names].join(', ')} is logged`, {
        why: 'Whoever reads the log can act with it; mcp-witness never stores it',
        mend: changeDiagnostic(
          place,
          secrets.map(([side, message, those]) => withoutHeaders(side, message, those)),
        ),
      }),
    );
  }
  if (missing.length > 0) {
    const names = missing.map(
      ([side, message, those]) => `${those.join(', ')} of the ${side}'s ${message}`,
    );
    findings.push(
      warning(`${where}: not logged are ${names.join('; ')}`, {
        why: 'Without them calls are joined by time, and agents and sessions cannot be told apart',
        mend: changeDiagnostic(
          place,
          missing.map(([side, message, those]) => withHeaders(side, message, those)),
        ),
      }),
    );
  }
  return findings;
}

function headersAt({ properties }: Diagnostic, side: string, message: string): string[] {
  const headers = valueAt(properties, `${side}.${message}.headers`);
  return Array.isArray(headers) ? headers.map(String) : [];
}
