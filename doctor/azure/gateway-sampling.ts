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

const percentOf = ({ properties }: Diagnostic): number =>
  Number(valueAt(properties, 'sampling.percentage') ?? 100);

/** Another diagnostic that logs every request of the same APIs. */
function covers(other: Diagnostic, { api, name }: Diagnostic): boolean {
  return other.name !== name && (other.api ?? api) === api && percentOf(other) >= 100;
}

function lookAt(diagnostic: Diagnostic, endpoint: string, isAlone: boolean): Finding[] {
  const { properties, name } = diagnostic;
  const percent = percentOf(diagnostic);
  const place = placeOf(diagnostic, endpoint);
  const where = `${name}, ${scopeText(diagnostic)}`;
  const findings: Finding[] = [];
  if (percent < 100) {
    const found = `${where}: ${percent} % of requests are logged`;
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
