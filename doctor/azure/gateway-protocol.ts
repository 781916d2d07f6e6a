import { type Check, failed, ok } from '../check.ts';
import { eachGateway, placeOf, scopeText } from './each-gateway.ts';
import { changeDiagnostic, W3C } from './lines.ts';

export const gatewayProtocol: Check = {
  name: 'gateway-protocol',
  area: 'azure',
  asks: "Is httpCorrelationProtocol W3C, so that servers go on with the gateway's trace?",
  async examine(patient) {
    const endpoint = await patient.estate.managementEndpoint();
    return eachGateway(patient, ({ name, inForce }) => {
      // It is a setting of the log to Application Insights; without that, nothing is passed on by it.
      const insights = inForce.filter((each) => each.name === 'applicationinsights');
      if (insights.length === 0) {
        return [
          ok(
            `${name} has no diagnostic 'applicationinsights', so clients' trace ids go through as they are`,
          ),
        ];
      }
      const wrong = insights.filter(
        ({ properties }) => properties['httpCorrelationProtocol'] !== 'W3C',
      );
      if (wrong.length === 0) return [ok(`${name}: W3C`)];
      return wrong.map((diagnostic) =>
        failed(
          `${scopeText(diagnostic)}: httpCorrelationProtocol is ${protocolOf(diagnostic.properties['httpCorrelationProtocol'])}`,
          {
            why: 'Servers with OpenTelemetry start a trace of their own then, and calls are joined by time alone',
            mend: changeDiagnostic(placeOf(diagnostic, endpoint), [W3C]),
          },
        ),
      );
    });
  },
};

function protocolOf(value: unknown): string {
  return typeof value === 'string' ? value : 'not set, which is Legacy';
}
