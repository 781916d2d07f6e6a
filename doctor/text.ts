import type { State } from './check.ts';
import type { Examined } from './examine.ts';

/** What matters most comes first. */
const ORDER: readonly State[] = ['failed', 'warning', 'skipped', 'ok'];
/** Of the text, without what stands before it. */
const WIDTH = 100;

export function inOrder(found: readonly Examined[]): Examined[] {
  return ORDER.flatMap((state) => found.filter((each) => each.state === state));
}

/** Everything as text: troubles with what mends them, then a line for each of the rest. */
export function examinedText(found: readonly Examined[]): string {
  const shown = new Map<string, string>();
  const blocks = ORDER.flatMap((state) => {
    const those = merged(found.filter((each) => each.state === state));
    if (those.length === 0) return [];
    const width = Math.max(...those.map(({ check }) => check.name.length)) + 2;
    return state === 'failed' || state === 'warning'
      ? those.map((each) => trouble(each, shown))
      : [those.map((each) => line(each, width, shown)).join('')];
  });
  return `${blocks.join('\n')}\n${countsText(found)}\n`;
}

/** Checks that were skipped for one reason are one line. */
function merged(found: readonly Examined[]): Examined[] {
  const groups = Map.groupBy(found, ({ state, found: text, mend }) =>
    state === 'skipped' && mend === undefined ? text : Symbol(text),
  );
  return [...groups.values()].flatMap((those) => {
    const [first] = those;
    if (!first || those.length === 1) return those;
    const names = those.map(({ check }) => check.name).join(', ');
    return [
      {
        ...first,
        check: { ...first.check, name: first.check.area },
        found: `${first.found}: ${names}`,
      },
    ];
  });
}

const MARGIN = ' '.repeat(9);

function trouble(examined: Examined, shown: Map<string, string>): string {
  const { state, check, found, why } = examined;
  const lines = [
    `${state.padEnd(9)}${check.name}`,
    `${MARGIN}${wrapped(`${found}.`, MARGIN)}`,
    ...(why === undefined ? [] : [`${MARGIN}${wrapped(`${why}.`, MARGIN)}`]),
    ...mendLines(examined, MARGIN, shown),
  ];
  return `${lines.join('\n')}\n`;
}

function line(examined: Examined, width: number, shown: Map<string, string>): string {
  const { state, check, found } = examined;
  const margin = ' '.repeat(MARGIN.length + width);
  const lines = [
    `${state.padEnd(9)}${check.name.padEnd(width)}${wrapped(found, margin)}`,
    ...mendLines(examined, margin, shown),
  ];
  return `${lines.join('\n')}\n`;
}

/** What is to be typed is never wrapped, and never said twice. */
function mendLines(
  { mend, check: { name } }: Examined,
  indent: string,
  shown: Map<string, string>,
): string[] {
  if (mend === undefined) return [];
  const earlier = shown.get(mend);
  if (earlier !== undefined) return [`${indent}mend: as for ${earlier}, above`];
  shown.set(mend, name);
  return [`${indent}mend:`, ...mend.split('\n').map((line) => `${indent}  ${line}`)];
}

function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

function countsText(found: readonly Examined[]): string {
  const counts = ORDER.map((state) => {
    const count = found.filter((each) => each.state === state).length;
    const word = state === 'warning' && count !== 1 ? 'warnings' : state;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return counts.flat().join(', ');
}
