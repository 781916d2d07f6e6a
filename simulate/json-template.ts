const HOLE = /"⟦#(\d+)⟧"|⟦(\d+)⟧/g;

/** A place in a template that takes text; also inside longer text. */
export function textHole(index: number): string {
  return `⟦${index}⟧`;
}

/** A place in a template that takes a number. */
export function numberHole(index: number): number {
  return `⟦#${index}⟧` as unknown as number;
}

/**
 * Makes a record whose holes are filled many times over: the JSON is written once, and each record
 * is then a few joins. Values go in as they are, so they must need no escapes.
 */
export function jsonTemplate(record: object): (values: readonly (string | number)[]) => string {
  const pieces: string[] = [];
  const holes: number[] = [];
  const json = JSON.stringify(record);
  let end = 0;
  for (const match of json.matchAll(HOLE)) {
    pieces.push(json.slice(end, match.index));
    holes.push(Number(match[1] ?? match[2]));
    end = match.index + match[0].length;
  }
  const last = json.slice(end);
  return (values) => {
    let text = '';
    for (let hole = 0; hole < holes.length; hole += 1) {
      text += pieces[hole];
      text += values[holes[hole] as number];
    }
    return text + last;
  };
}
