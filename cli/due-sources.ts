import type { Config } from '../ingest/config/config.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';
import type { ReadingOn } from './hub-pipeline.ts';

export type Staying = Pick<ReadingOn, 'goesOn' | 'onCommitted'>;

/** A hub that brought nothing for so long is begun anew: a link may be dead without anybody having said so. */
const MAX_SILENCE_MS = 60_000;

/**
 * Says whether the event hub that is read from now on may be read on, or another source is due. To leave it and come
 * back takes a second of a processor and, where that is short, ten seconds in which nothing is committed: beside files alone it
 * stays until one of them is new, else hubs take turns.
 */
export function stayAtHub({ sources }: Config, everyMs: number, unread: UnreadFiles): Staying {
  const files = sources.filter((source) => source.kind === 'files');
  const others = sources.length - files.length - 1;
  const shareMs = others === 0 ? Number.POSITIVE_INFINITY : everyMs / (others + 1);
  const until = performance.now() + shareMs;
  const paths = files.flatMap((source) => source.paths);
  let isDue = false;
  let lookedAt = performance.now();
  let committedAt = performance.now();
  const goesOn = (): boolean => {
    const now = performance.now();
    if (now - lookedAt >= everyMs) {
      lookedAt = now;
      // What is wrong with a path is told when it is read.
      const look = unread.areAny(paths).catch(() => true);
      void look.then((areAny) => {
        isDue ||= areAny;
      });
    }
    return !isDue && now < until && now - committedAt < MAX_SILENCE_MS;
  };
  const onCommitted = (): void => {
    committedAt = performance.now();
  };
  return { goesOn, onCommitted };
}
