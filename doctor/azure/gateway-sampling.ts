import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { WHY_HALF_SAMPLED, WHY_SAMPLED } from '../evidence/sampling.ts';
import { eachGateway, placeOf, scopeText } from './each-gateway.ts';
import { type Diagnostic, valueAt } from './gateway.ts';
import { CLIENT_ADDRESS, changeDiagnostic, EVERY_REQUEST } from './lines.ts';

export const gatewaySampling: Check = {
  name: 'gateway-sampling',
  area: 'azure',
  asks: "Does the gateway log every request, and the client's address with it?",
  async examine(patient) {
    const endpoint = await patient.estate.managementEndpoint();
    return eachGateway(patient, ({ name, inForce }) => {
      const findings = inForce.flatMap((diagnostic) => {
        const isAlone = !inForce.some((other) => covers(other, diagnostic));
        return lookAt(diagnostic, endpoint, isAlone);
      });
      return findings.length > 0 ? findings : [ok(`${name} logs every request`)];
    });
  },
};

/** What was given; what is not there keeps all. */
function samplingOf({ properties }: Diagnostic): unknown {
  const { sampling } = properties;
  const isWhole = typeof sampling === 'object' || sampling === undefined;
  const given = isWhole ? valueAt(properties, 'sampling.percentage') : sampling;
  return given === '' ? 100 : (given ?? 100);
}

/** Undefined: it cannot be read. */
function percentOf(diagnostic: Diagnostic): number | undefined {
  const text = String(samplingOf(diagnostic)).trim();
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Another diagnostic that logs every request of the same APIs. */
function covers(other: Diagnostic, { api, name }: Diagnostic): boolean {
  return other.name !== name && (other.api ?? api) === api && (percentOf(other) ?? 0) >= 100;
}

function lookAt(diagnostic: Diagnostic, endpoint: string, isAlone: boolean): Finding[] {
  const { properties, name } = diagnostic;
  const percent = percentOf(diagnostic);
  const place = placeOf(diagnostic, endpoint);
  const where = `${name}, ${scopeText(diagnostic)}`;
  const findings: Finding[] = [];
  if (percent === undefined || percent < 100) {
    const found =
      percent === undefined
        ? `${where}: how many requests are logged cannot be read (${JSON.stringify(samplingOf(diagnostic)).slice(0, 40)})`
        : `${where}: ${percent} % of requests are logged`;
    const mend = changeDiagnostic(place, [EVERY_REQUEST]);
    findings.push(
      isAlone
        ? failed(found, { why: WHY_SAMPLED, mend })
        : warning(found, { why: WHY_HALF_SAMPLED, mend }),
    );
  }
  if (properties['logClientIp'] === false) {
    findings.push(
      warning(`${where}: the client's address is not logged`, {
        why: 'Who called from where is then not in the timeline',
        mend: changeDiagnostic(place, [CLIENT_ADDRESS]),
      }),
    );
  }
  return findings;
}
