/** Services throttle who asks for everything at once. */
const AT_A_TIME = 8;

/** Does something for each, a few beside each other; the answers in their order. */
export async function inGroups<T, U>(
  items: readonly T[],
  work: (item: T) => Promise<U>,
): Promise<U[]> {
  const done: U[] = [];
  for (let first = 0; first < items.length; first += AT_A_TIME) {
    done.push(...(await Promise.all(items.slice(first, first + AT_A_TIME).map(work))));
  }
  return done;
}
