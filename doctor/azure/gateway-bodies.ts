import { type Check, failed, ok, warning } from '../check.ts';
import { WHY_NO_BODIES } from '../evidence/bodies.ts';
import { counted } from '../words.ts';
import { eachGateway, placeOf, scopeText } from './each-gateway.ts';
import { type Diagnostic, valueAt } from './gateway.ts';
import { changeDiagnostic, NO_BODIES, NO_MESSAGES } from './lines.ts';

export const gatewayBodies: Check = {
  name: 'gateway-bodies',
  area: 'azure',
  asks: 'Do diagnostics of API Management log answers of MCP endpoints, or messages of models?',
  async examine(patient) {
    const endpoint = await patient.estate.managementEndpoint();
    return eachGateway(patient, ({ name, inForce }) => {
      const findings = inForce.flatMap((diagnostic) => lookAt(diagnostic, endpoint));
      return findings.length > 0 ? findings : [ok(`${name} logs no bodies`)];
    });
  },
};

function lookAt(diagnostic: Diagnostic, endpoint: string) {
  const bytes = (side: string) =>
    Number(valueAt(diagnostic.properties, `${side}.body.bytes`) ?? 0) || 0;
  const answers = Math.max(bytes('frontend.response'), bytes('backend.response'));
  const requests = Math.max(bytes('frontend.request'), bytes('backend.request'));
  const where = `${diagnostic.name}, ${scopeText(diagnostic)}`;
  const place = placeOf(diagnostic, endpoint);
  const findings = [];
  if (answers > 0) {
    findings.push(
      failed(`${where}: ${counted(answers, 'byte')} of each answer are logged`, {
        why: WHY_NO_BODIES,
        mend: changeDiagnostic(place, [NO_BODIES]),
      }),
    );
  }
  if (requests > 0) {
    findings.push(
      warning(`${where}: ${counted(requests, 'byte')} of each request are logged`, {
        why: 'Arguments of tools are in them; Mcp-Method and Mcp-Name in the headers say the tool without',
        mend: changeDiagnostic(place, [
          '.properties.frontend.request.body.bytes = 0 | .properties.backend.request.body.bytes = 0',
        ]),
      }),
    );
  }
  const llm = valueAt(diagnostic.properties, 'largeLanguageModel');
  const messages = ['requests', 'responses'].some(
    (each) => valueAt(diagnostic.properties, `largeLanguageModel.${each}.messages`) === 'all',
  );
  if (llm !== undefined && messages) {
    findings.push(
      warning(`${where}: prompts and completions of models are logged`, {
        why: 'Whoever reads that log reads them; token counts need no messages',
        mend: changeDiagnostic(place, [NO_MESSAGES]),
      }),
    );
  }
  return findings;
}
