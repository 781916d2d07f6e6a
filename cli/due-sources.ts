import { isWithoutFiles } from '../core/errors.ts';
import type { Config } from '../ingest/config/config.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';
import type { ReadingOn } from './hub-pipeline.ts';

export type Staying = Pick<ReadingOn, 'goesOn' | 'isLeft' | 'comesBack' | 'onCommitted'>;

/** A hub that brought nothing for so long is begun anew: a link may be dead without anybody having said so. */
const MAX_SILENCE_MS = 60_000;
/** So long it is read at least, in looks for files and in ms: to leave it and come back takes a second or two. */
const MIN_STAY_LOOKS = 2;
const MIN_STAY_MS = 2_000;

/**
 * Says whether the event hub that is read from now on may be read on, or another source is due. To leave it and come
 * back takes a second of a processor and, where that is short, ten seconds in which nothing is committed: beside files alone it
 * stays until one of them is new, else hubs take turns. One that does not come to its end is left too, a little later: what
 * it holds back would wait for as long as it is behind.
 */
export function stayAtHub({ sources }: Config, everyMs: number, unread: UnreadFiles): Staying {
  const files = sources.filter((source) => source.kind === 'files');
  const others = sources.length - files.length - 1;
  const shareMs = others === 0 ? Number.POSITIVE_INFINITY : everyMs / (others + 1);
  const minStayMs = Math.max(MIN_STAY_LOOKS * everyMs, MIN_STAY_MS);
  const paths = files.flatMap((source) => source.paths);
  let isDue = false;
  /** When reading began: to open it does not count. */
  let beganAt: number | undefined;
  let lookedAt = performance.now();
  let committedAt = performance.now();
  const readFor = (): number => {
    beganAt ??= performance.now();
    return performance.now() - beganAt;
  };
  const isOtherDue = (): boolean => {
    const now = performance.now();
    if (now - lookedAt >= everyMs) {
      lookedAt = now;
      // What is wrong with a path is told when it is read; that nothing is there is no reason to leave.
      const look = unread.areAny(paths).catch((error) => !isWithoutFiles(error));
      void look.then((areAny) => {
        isDue ||= areAny;
      });
    }
    return isDue || readFor() >= shareMs;
  };
  const goesOn = (): boolean => !isOtherDue() && performance.now() - committedAt < MAX_SILENCE_MS;
  const isLeft = (): boolean => isOtherDue() && readFor() >= minStayMs;
  const onCommitted = (): void => {
    committedAt = performance.now();
  };
  return { goesOn, isLeft, comesBack: others === 0, onCommitted };
}
