import { type Gateway, SUBSCRIPTION_ID, WORKSPACE_TENANT_ID } from '../fleet/gateways.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

/** One use of a model through the gateway. */
export interface Completion {
  readonly gateway: Gateway;
  readonly at: Micros;
  readonly correlationId: string;
  readonly requestId: string;
  readonly deployment: string;
  /** The model that answered, with the date of its release. */
  readonly modelName: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prompt: string;
  readonly answer: string;
}

/**
 * The rows of ApiManagementGatewayLlmLog for one completion: the first has the tokens and the
 * model, the others carry the messages in pieces.
 */
export function llmLogs(completion: Completion): object[] {
  const row = (sequence: number, columns: object): object => ({
    TenantId: WORKSPACE_TENANT_ID,
    TimeGenerated: isoTicks(completion.at + sequence),
    OperationName: 'Microsoft.ApiManagement/GatewayLlmLogs',
    CorrelationId: completion.correlationId,
    Region: completion.gateway.region,
    SequenceNumber: sequence,
    ...columns,
    SourceSystem: 'Azure',
    Type: 'ApiManagementGatewayLlmLog',
    _ResourceId: completion.gateway.resourceId,
    _SubscriptionId: SUBSCRIPTION_ID,
  });
  return [
    row(0, {
      PromptTokens: completion.inputTokens,
      CompletionTokens: completion.outputTokens,
      TotalTokens: completion.inputTokens + completion.outputTokens,
      ModelName: completion.modelName,
      IsStreamCompletion: false,
      RequestId: completion.requestId,
      DeploymentName: completion.deployment,
      ApiVersion: '2025-03-01-preview',
    }),
    row(1, { RequestMessages: [{ role: 'user', content: completion.prompt }] }),
    row(2, { ResponseMessages: [{ role: 'assistant', content: completion.answer }] }),
  ];
}
