/** The names that come nearest to a mistyped one: at most three, best first. */
export function nearest(name: string, known: readonly string[]): string[] {
  const asked = plain(name);
  const limit = Math.max(2, Math.floor(asked.length / 3));
  const found = known
    .map((each) => ({ each, distance: distanceTo(asked, plain(each)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1));
  const best = found[0]?.distance ?? 0;
  return found
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, 3)
    .map(({ each }) => each);
}

/** Whoever leaves out the folder, or writes part of a name, or its beginning, means the name. */
function distanceTo(asked: string, known: string): number {
  const last = known.slice(known.lastIndexOf('/') + 1);
  if (asked.length >= 3 && known.includes(asked)) return 0;
  const beginnings =
    asked.length < 5 ? [] : [known, last].map((name) => name.slice(0, asked.length));
  return Math.min(...[known, last, ...beginnings].map((name) => edits(asked, name)));
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9/]+/g, '_')
    .slice(0, 100);
}

/** How many letters to add, drop or change (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
