/** Matches and calls of one rung, on what the evidence decides. */
export interface RungQuality {
  readonly rung: string;
  readonly matches: number;
  readonly true_matches: number;
  readonly calls: number;
  readonly found_calls: number;
}

/** Matches of one band of confidence: how many there are, should be true, and are. */
export interface Calibration {
  readonly band: string;
  readonly matches: number;
  readonly stated_matches: number;
  readonly true_matches: number;
}

/** Matches of one basis that were chosen in one way. */
export interface ChoiceQuality {
  readonly basis: string;
  readonly choice: string;
  readonly stated: string;
  readonly matches: number;
  readonly true_matches: number;
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
/** A share is known to so many standard errors. Where these are more than may be missed, nothing is known. */
const STANDARD_ERRORS = 2;
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
      ['confidence', 'matches', 'stated', 'true', 'within 3 points'],
      byText(calibration, ({ band }) => band).map((row) => [
        row.band,
        row.matches,
        percent(row.stated_matches, row.matches),
        percent(row.true_matches, row.matches),
        VERDICTS[verdictOf(row)],
      ]),
    ),
    'Counted are all matches, also of calls that nothing decides. Too few to judge are so few that two standard ' +
      'errors of their share are more than 3 points.',
    table(
      ['`match_basis`', '`match_choice`', 'matches', '`match_confidence`', 'true'],
      byText(
        choices,
        ({ basis, choice, stated }) => `${2 - Number(stated)} ${basis} ${choice}`,
      ).map((row) => [
        row.basis,
        row.choice,
        row.matches,
        String(Number(row.stated)),
        percent(row.true_matches, row.matches),
      ]),
    ),
    `Records that no call has: ${losses.lost}. Records that two calls have: ${losses.used_twice}. ` +
      `True calls told in several rows: ${losses.told_in_several_rows}. Records taken for an attempt of another call: ` +
      `${losses.strange_attempts}. Rows that are no true call: ${losses.no_true_call}.`,
  ].join('\n\n');
}

/** What of the targets was missed in one run, a sentence each. */
export function shortcomings({ rungs, losses }: Quality): string[] {
  const found: string[] = [];
  for (const row of rungs) {
    const [precision, recall] = [row.true_matches / row.matches, row.found_calls / row.calls];
    if (precision < MIN_PRECISION) found.push(`${row.rung}: precision ${precision}`);
    if (recall < MIN_RECALL) found.push(`${row.rung}: recall ${recall}`);
  }
  if (losses.lost > 0) found.push(`${losses.lost} records are in no call`);
  if (losses.used_twice > 0) found.push(`${losses.used_twice} records are in several calls`);
  return found;
}

/** Where confidence does not mean what it says, or nobody can tell, a sentence each. */
export function miscalibrations({ calibration }: Quality): string[] {
  return calibration.flatMap((row) => {
    const verdict = verdictOf(row);
    if (verdict === 'within') return [];
    const { band, matches, stated_matches, true_matches } = row;
    return verdict === 'off'
      ? [`confidence ${band}: ${stated_matches / matches} is true for ${true_matches / matches}`]
      : [`confidence ${band}: ${matches} matches are too few to judge; more seeds have more`];
  });
}

const VERDICTS = { within: 'yes', off: 'no', unknown: 'too few to judge' } as const;

function verdictOf({ matches, stated_matches, true_matches }: Calibration): keyof typeof VERDICTS {
  const stated = stated_matches / matches;
  const chance = STANDARD_ERRORS * Math.sqrt((stated * (1 - stated)) / matches);
  if (chance > MAX_MISCALIBRATION) return 'unknown';
  const miss = Math.abs(stated - true_matches / matches);
  return miss > MAX_MISCALIBRATION ? 'off' : 'within';
}

function byText<Row>(rows: readonly Row[], textOf: (row: Row) => string): Row[] {
  return rows.toSorted((one, other) => (textOf(one) < textOf(other) ? -1 : 1));
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
