import { CANARY } from './canaries.ts';
import { seenAs } from './fleet/agents.ts';
import { WEST } from './fleet/gateways.ts';
import { MODELS, MODELS_API } from './fleet/models.ts';
import { identityTrace } from './gateway-side.ts';
import type { Random } from './random.ts';
import type { Run } from './runs.ts';
import type { Telemetry } from './telemetry.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** What one agent used of one model. */
export interface TokenUse {
  readonly agent_id: string;
  readonly model: string;
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** An agent thinks before it acts: completions that run through the gateway, in the same trace. */
export class Completions {
  readonly #random: Random;
  readonly #telemetry: Telemetry;
  readonly #from: Micros;
  readonly #use = new Map<string, TokenUse>();

  constructor(random: Random, telemetry: Telemetry, from: Micros) {
    this.#random = random;
    this.#telemetry = telemetry;
    this.#from = from;
  }

  get tokens(): TokenUse[] {
    return [...this.#use.keys()].sort().flatMap((key) => this.#use.get(key) ?? []);
  }

  before(run: Run): void {
    const completions = 1 + Math.floor(run.calls.length / 3);
    for (let back = completions; back > 0; back -= 1) {
      this.#complete(run, Math.max(run.at - microsFromMs(back * 3_000), this.#from));
    }
  }

  #complete({ caller }: Run, at: Micros): void {
    const random = this.#random;
    const { agent, user, ip, traceId } = caller;
    const modelName = MODELS[agent.model] ?? agent.model;
    const correlationId = random.uuid();
    const canary = random.int(1, 1_000_000);
    const inputTokens = Math.round(random.logNormal(1_400, 0.6));
    const outputTokens = Math.round(random.logNormal(260, 0.7));
    const totalMs = 300 + outputTokens * 9;
    const path = `/openai/deployments/${agent.model}/chat/completions?api-version=2025-03-01-preview`;
    this.#telemetry.request({
      gateway: WEST,
      at,
      correlationId,
      apiId: MODELS_API,
      operationId: 'ChatCompletions_Create',
      subscriptionId: agent.subscriptionId,
      method: 'POST',
      url: `https://${WEST.host}${path}`,
      callerIp: ip,
      status: 200,
      totalMs,
      backendMs: totalMs - 12,
      clientMs: 4,
      requestBytes: inputTokens * 4,
      responseBytes: outputTokens * 5 + 700,
      requestHeaders: {
        'User-Agent': `${agent.clientName}/${agent.clientVersion}`,
        traceparent: `00-${traceId}-${random.hex(2)}-01`,
        'x-agent-id': agent.presents === 'header' ? seenAs(agent) : undefined,
        'api-key': canary % 20 === 0 ? CANARY.key(canary) : undefined,
      },
      responseHeaders: { 'Content-Type': 'application/json' },
      backend: {
        url: `https://contoso-openai.openai.azure.com${path}`,
        id: 'openai-pool',
        status: 200,
      },
      traceRecords: agent.presents === 'token' ? identityTrace(agent, user) : undefined,
    });
    this.#telemetry.completion({
      gateway: WEST,
      at: at + microsFromMs(totalMs),
      correlationId,
      requestId: `chatcmpl-${random.hex(3)}`,
      deployment: agent.model,
      modelName,
      inputTokens,
      outputTokens,
      prompt: CANARY.prompt(canary),
      answer: CANARY.answer(canary),
    });
    this.#count(agent.id, modelName, inputTokens, outputTokens);
  }

  #count(agent_id: string, model: string, input: number, output: number): void {
    const key = `${agent_id} ${model}`;
    const sum = this.#use.get(key);
    this.#use.set(key, {
      agent_id,
      model,
      requests: (sum?.requests ?? 0) + 1,
      input_tokens: (sum?.input_tokens ?? 0) + input,
      output_tokens: (sum?.output_tokens ?? 0) + output,
    });
  }
}
