import type { Connection } from 'rhea';

interface Frame {
  readonly channel: number;
}

/** What rhea has and does not declare. */
interface Inner {
  readonly remote_channel_map: Readonly<Record<number, unknown>>;
  on_disposition(frame: Frame): void;
}

/**
 * The client settles what it received also on a session that it has ended. The service does not mind;
 * rhea would drop the connection.
 */
export function ignoreLateDispositions(connection: Connection): void {
  const inner = connection as unknown as Inner;
  const settle = inner.on_disposition.bind(inner);
  inner.on_disposition = (frame) => {
    if (inner.remote_channel_map[frame.channel] !== undefined) settle(frame);
  };
}
