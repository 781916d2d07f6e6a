import { type Check, type Finding, failed, ok, warning } from '../check.ts';
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
      const findings = inForce.flatMap((diagnostic) => lookAt(diagnostic, endpoint));
      return findings.length > 0 ? findings : [ok(`${name} logs every request`)];
    });
  },
};

function lookAt(diagnostic: Diagnostic, endpoint: string): Finding[] {
  const { properties, name } = diagnostic;
  const percent = Number(valueAt(properties, 'sampling.percentage') ?? 100);
  const place = placeOf(diagnostic, endpoint);
  const where = `${name}, ${scopeText(diagnostic)}`;
  const findings: Finding[] = [];
  if (percent < 100) {
    findings.push(
      failed(`${where}: ${percent} % of requests are logged`, {
        why: 'What was left out proves no zero: controls stay not_provable',
        mend: changeDiagnostic(place, [EVERY_REQUEST]),
      }),
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
