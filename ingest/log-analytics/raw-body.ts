import type { LogsQueryClient } from '@azure/monitor-query-logs';
import { messageOf } from '../../core/errors.ts';

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
  readonly body: Buffer;
}

/** What the client is given to parse. */
const NO_ROWS = '{"tables":[]}';

/**
 * Keeps the bytes of each answer and hands the client an empty one: what the client makes of values is
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
      request.streamResponseStatusCodes = new Set([200]);
      const { readableStreamBody, ...response } = await next(request);
      const { status, headers } = response;
      query.answer = {
        status,
        retryAfter: headers.get('retry-after'),
        date: headers.get('date'),
        body: readableStreamBody
          ? await bytesOf(readableStreamBody)
          : Buffer.from(response.bodyAsText ?? '', 'utf8'),
      };
      return status === 200 ? { ...response, bodyAsText: NO_ROWS } : response;
    },
  };
}

async function bytesOf(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw Object.assign(new Error(`the answer was cut: ${messageOf(error)}`, { cause: error }), {
      code: 'PARSE_ERROR',
    });
  }
  return Buffer.concat(chunks);
}
