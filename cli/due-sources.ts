import type { Config } from '../ingest/config/config.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';

/** So long a hub is read at a time where no other source is due; then is told what became of its events. */
const MAX_STAY_MS = 60_000;

/**
 * Says whether the event hub that is read from now on may be read on, or another source is due. To leave it and come
 * back takes a second of a processor: beside files alone it stays until one of them is new, else hubs take turns.
 */
export function stayAtHub(
  { sources }: Config,
  everyMs: number,
  unread: UnreadFiles,
): () => boolean {
  const files = sources.filter((source) => source.kind === 'files');
  const others = sources.length - files.length - 1;
  const until = performance.now() + (others === 0 ? MAX_STAY_MS : everyMs / (others + 1));
  const paths = files.flatMap((source) => source.paths);
  let isDue = false;
  let lookedAt = performance.now();
  return () => {
    const now = performance.now();
    if (now - lookedAt >= everyMs) {
      lookedAt = now;
      // What is wrong with a path is told when it is read.
      const look = unread.areAny(paths).catch(() => true);
      void look.then((areAny) => {
        isDue ||= areAny;
      });
    }
    return !isDue && now < until;
  };
}
