import { messageOf, UserError } from '../core/errors.ts';

/** An error of the engine without what it quotes, which may be text of a record. */
export function withoutContent(error: unknown): unknown {
  if (error instanceof UserError) return error;
  const [line = ''] = messageOf(error).split('\n');
  return new Error(
    line
      .replace(/Input:.*$/i, '')
      .replace(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/g, '…')
      .trim(),
  );
}
