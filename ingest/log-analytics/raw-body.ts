import type { LogsQueryClient } from '@azure/monitor-query-logs';

type PipelinePolicy = Parameters<LogsQueryClient['pipeline']['addPolicy']>[0];

/** The header by which a query is told from others that are under way; support asks for it. */
export const ID_HEADER = 'x-ms-client-request-id';

/** A query that is under way, and what came of it. */
export interface UnderWay {
  readonly signal: AbortSignal;
  readonly onBytes: (loaded: number) => void;
  /** As the service sent it. */
  answer?: RawAnswer;
}

export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The service's clock, by its header. */
  readonly date: string | undefined;
  readonly text: string;
}

/** What the client is given to parse. */
const NO_ROWS = '{"tables":[]}';

/**
 * Keeps the text of each answer and hands the client an empty one: what the client makes of values is
 * a Date without microseconds and integers without their last digits. Abort signals go this way too,
 * because the client does not pass them on.
 */
export function rawBodies(underWay: ReadonlyMap<string, UnderWay>): PipelinePolicy {
  return {
    name: 'mcpWitnessRawBodies',
    async sendRequest(request, next) {
      const query = underWay.get(request.headers.get(ID_HEADER) ?? '');
      if (!query) return next(request);
      request.abortSignal = query.signal;
      request.onDownloadProgress = ({ loadedBytes }) => query.onBytes(loadedBytes);
      const response = await next(request);
      const { status, headers } = response;
      query.answer = {
        status,
        retryAfter: headers.get('retry-after'),
        date: headers.get('date'),
        text: response.bodyAsText ?? '',
      };
      return status === 200 ? { ...response, bodyAsText: NO_ROWS } : response;
    },
  };
}
