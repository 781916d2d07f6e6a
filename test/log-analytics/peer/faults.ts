/** What goes wrong with one query. */
export type Fault =
  /** 429; without the header where no seconds are given. */
  | { readonly kind: 'throttle'; readonly retryAfter?: string }
  | { readonly kind: 'timeout'; readonly as: 'json' | 'html' }
  /** 200 with some of the rows, and an error beside them. */
  | { readonly kind: 'partial' }
  /** As partial, with the code of a result that was too large. */
  | { readonly kind: 'truncated' }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut' }
  /** The body ends in its middle, as if it were whole. */
  | { readonly kind: 'half' }
  | { readonly kind: 'empty' }
  /** Nothing comes until the client gives up. */
  | { readonly kind: 'slow' }
  /** Half of the body comes, and then nothing until the client gives up. */
  | { readonly kind: 'stalled' }
  /** A body that goes on for as long as the client takes it. */
  | { readonly kind: 'endless' }
  /** A body that is short on its way, and endless for who unpacks it. */
  | { readonly kind: 'bomb' }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly inner?: ServiceError;
    };

export const THROTTLED = errorBody('ThrottledError', 'Too many requests. Try again later.');
export const EXPIRED = errorBody(
  'InvalidTokenError',
  'The provided authentication token has expired.',
);
export const GATEWAY_TIMEOUT_PAGE =
  '<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n';
export const GATEWAY_TIMEOUT = errorBody('GatewayTimeout', 'Gateway timeout', {
  code: 'GatewayTimeout',
  message: 'Unable to unzip response',
});
export const FORBIDDEN = errorBody(
  'InsufficientAccessError',
  'The provided credentials have insufficient access to perform the requested operation',
);
export const NO_SUCH_PATH = errorBody('PathNotFoundError', 'The requested path does not exist');

interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly innererror?: ServiceError;
}

export function errorBody(code: string, message: string, innererror?: ServiceError): string {
  return JSON.stringify({ error: { message, code, ...(innererror && { innererror }) } });
}

export function semanticError(message: string): string {
  return errorBody('BadArgumentError', 'The request had some invalid properties', {
    code: 'SemanticError',
    message: 'A semantic error occurred.',
    innererror: { code: 'SEM0100', message },
  });
}

export function partialError(isTruncated: boolean): object {
  return {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [
      {
        code: 'EngineError',
        message: 'Something went wrong processing your query on the server.',
        innererror: isTruncated
          ? {
              code: '-2133196797',
              message:
                'The results of this query exceed the set limit (E_QUERY_RESULT_SET_TOO_LARGE).',
              severity: 2,
              severityName: 'Error',
            }
          : { code: '-2133196796', message: 'Query execution has resulted in error', severity: 2 },
      },
    ],
  };
}
