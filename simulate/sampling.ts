/** Fixed-rate sampling keeps or drops a whole trace, by its id. */
export function isKept(traceId: string, oneOf: number): boolean {
  return Number.parseInt(traceId.slice(-4), 16) % oneOf === 0;
}
