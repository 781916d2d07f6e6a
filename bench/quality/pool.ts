type PoolRow = Readonly<Record<string, string | number>>;

/** Adds up the rows of several runs: what is text tells rows apart, what is a number is summed. */
export function pool<Row extends object>(rows: readonly Row[]): Row[] {
  const sums = new Map<string, Record<string, string | number>>();
  for (const row of rows as readonly PoolRow[]) {
    const key = JSON.stringify(Object.values(row).filter((value) => typeof value === 'string'));
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...row });
    else
      for (const [name, value] of Object.entries(row))
        if (typeof value === 'number') sum[name] = Number(sum[name]) + value;
  }
  return [...sums.values()] as Row[];
}
