/** A piece of text, or of rows that came as lists, that waits to be mapped. */
export interface Waiting {
  readonly kind: 'text' | 'rows';
  readonly piece: number;
  readonly bytes: number;
}

/** How much text waits. */
export function bytesOf(pieces: readonly Waiting[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Splits pieces that follow one another into portions of at most `limit` bytes, or of one piece. */
export function portionsOf(pieces: readonly Waiting[], limit: number): Waiting[][] {
  const portions: Waiting[][] = [];
  for (const piece of pieces) {
    const last = portions.at(-1);
    if (last && bytesOf(last) + piece.bytes <= limit) last.push(piece);
    else portions.push([piece]);
  }
  return portions;
}
