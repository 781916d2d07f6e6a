/**
 * Secrets and content, in the places where real telemetry leaks them. Each holds the word CANARY,
 * so that a test can prove that none of them reaches a table or a report.
 */
export const CANARY = {
  bearer: (id: number) => `Bearer CANARY.eyJhbGciOiJub25lIn0.${id}`,
  cookie: (id: number) => `session=CANARY-cookie-${id}; Path=/; HttpOnly`,
  key: (id: number) => `CANARY-key-${id}`,
  urlCode: (id: number) => `code=CANARY-code-${id}`,
  urlKey: (id: number) => `subscription-key=CANARY-url-key-${id}`,
  urlSignature: (id: number) => `sv=2025-01-05&sig=CANARY-signature-${id}`,
  toolArguments: (id: number) => JSON.stringify({ query: `CANARY arguments ${id}` }),
  toolResult: (id: number) => JSON.stringify({ text: `CANARY result ${id}` }),
  prompt: (id: number) => `CANARY prompt ${id}`,
  answer: (id: number) => `CANARY answer ${id}`,
  requestBody: (id: number, tool: string, rpcId = id) =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: rpcId,
      method: 'tools/call',
      params: { name: tool, arguments: { query: `CANARY arguments ${id}` } },
    }),
} as const;

/** Which calls leak: few, but some in every fleet of more than a handful of calls. */
export function leaks(call: number): boolean {
  return call % 20 === 7;
}
