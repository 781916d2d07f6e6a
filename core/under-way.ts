const stops = new Set<() => void>();

/** Notes how to stop what may be under way; returns how to forget it again. */
export function noteStop(stop: () => void): () => void {
  stops.add(stop);
  return () => stops.delete(stop);
}

/** Stops what is under way. A process that ends would otherwise wait for it, however long it takes. */
export function stopAll(): void {
  for (const stop of stops) stop();
}
