/** Matches and calls of one rung, on what the evidence decides. */
export interface RungQuality {
  readonly rung: string;
  readonly matches: number;
  readonly true_matches: number;
  readonly calls: number;
  readonly found_calls: number;
}

/** Matches of one tenth of confidence. */
export interface Calibration {
  readonly tenth: number;
  readonly matches: number;
  readonly stated_ratio: number;
  readonly true_ratio: number;
}

/** Matches of one basis that were chosen in one way. */
export interface ChoiceQuality {
  readonly basis: string;
  readonly choice: string;
  readonly matches: number;
  readonly stated_ratio: number;
  readonly true_ratio: number;
}

export interface Losses {
  readonly lost: number;
  readonly used_twice: number;
  readonly told_in_several_rows: number;
  readonly strange_attempts: number;
  readonly no_true_call: number;
}

export interface Quality {
  readonly rungs: readonly RungQuality[];
  readonly calibration: readonly Calibration[];
  readonly choices: readonly ChoiceQuality[];
  readonly losses: Losses;
}

const MIN_PRECISION = 0.999;
const MIN_RECALL = 0.99;
const MAX_MISCALIBRATION = 0.03;
/** A share of few matches is off by chance; beyond so many standard errors it is not. */
const STANDARD_ERRORS = 2;
const MIN_MATCHES = 100;
const ONE_SIDED = ['gateway_only', 'server_only'];

/** The tables of docs/correlation.md, with what they were measured on. */
export function qualityTables({ rungs, calibration, choices, losses }: Quality, origin: string) {
  return [
    `Measured by \`node bench/correlate-quality.ts\` on ${origin}.`,
    table(
      ['rung', 'matches', 'of these true', 'precision', 'calls', 'found', 'recall'],
      rungs.map((row) => [
        row.rung,
        ...(ONE_SIDED.includes(row.rung)
          ? ['', '', '']
          : [row.matches, row.true_matches, percent(row.true_matches, row.matches)]),
        row.calls,
        row.found_calls,
        percent(row.found_calls, row.calls),
      ]),
    ),
    'Counted are the calls that their evidence decides. Precision is by the rung that made the match, recall by ' +
      'the rung that decides the call; a call of one side is found when it is told alone.',
    table(
      ['confidence', 'matches', 'stated', 'true'],
      calibration.map((row) => [
        `${(row.tenth / 10).toFixed(1)} to ${((row.tenth + 1) / 10).toFixed(1)}`,
        row.matches,
        percent(row.stated_ratio, 1),
        percent(row.true_ratio, 1),
      ]),
    ),
    'Counted are all matches, also of calls that nothing decides.',
    table(
      ['`match_basis`', '`match_choice`', 'matches', '`match_confidence`', 'true'],
      choices.map((row) => [
        row.basis,
        row.choice,
        row.matches,
        String(row.stated_ratio),
        percent(row.true_ratio, 1),
      ]),
    ),
    `Records that no call has: ${losses.lost}. Records that two calls have: ${losses.used_twice}. ` +
      `True calls told in several rows: ${losses.told_in_several_rows}. Records taken for an attempt of another call: ` +
      `${losses.strange_attempts}. Rows that are no true call: ${losses.no_true_call}.`,
  ].join('\n\n');
}

/** What of the targets was missed, a sentence each. */
export function shortcomings({ rungs, calibration, losses }: Quality): string[] {
  const found: string[] = [];
  for (const row of rungs) {
    const [precision, recall] = [row.true_matches / row.matches, row.found_calls / row.calls];
    if (precision < MIN_PRECISION) found.push(`${row.rung}: precision ${precision}`);
    if (recall < MIN_RECALL) found.push(`${row.rung}: recall ${recall}`);
  }
  for (const { tenth, matches, stated_ratio, true_ratio } of calibration) {
    if (matches < MIN_MATCHES) continue;
    const chance = STANDARD_ERRORS * Math.sqrt((stated_ratio * (1 - stated_ratio)) / matches);
    if (Math.abs(stated_ratio - true_ratio) > MAX_MISCALIBRATION + chance)
      found.push(`confidence ${stated_ratio} (tenth ${tenth}) is true for ${true_ratio}`);
  }
  if (losses.lost > 0) found.push(`${losses.lost} records are in no call`);
  if (losses.used_twice > 0) found.push(`${losses.used_twice} records are in several calls`);
  return found;
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** To a hundredth of a percent, and never up to 100. */
function percent(part: number, whole: number): string {
  if (whole === 0) return '';
  return `${(Math.floor((part / whole) * 10_000 + 1e-6) / 100).toFixed(2)} %`;
}
