import type { SloInput } from './definitions.ts';
import { definitionInvalid } from './place.ts';
import { compare, fromDecimal, ONE, type Rational, rational, ZERO } from './rational.ts';
import { refuseFields } from './read-definition.ts';
import type { ObjectiveSpec } from './slo-spec.ts';

type Path = readonly (string | number)[];

/** The promised share, read exactly from the decimals that were written. */
export function targetOf({ document }: SloInput, objective: ObjectiveSpec, path: Path) {
  refuseFields(
    document.place,
    path,
    objective,
    ['indicator', 'indicatorRef', 'compositeWeight'],
    'is not supported',
  );
  const written = objective.target ?? objective.targetPercent;
  if (
    written === undefined ||
    (objective.target !== undefined) === (objective.targetPercent !== undefined)
  ) {
    throw definitionInvalid(
      document.place,
      path,
      "an objective has either a 'target' or a 'targetPercent'.",
      "Write exactly one of them, such as 'target: 0.999'.",
    );
  }
  const writtenAt = [...path, objective.target === undefined ? 'targetPercent' : 'target'];
  const share = fromDecimal(String(written));
  const target = objective.target === undefined ? rational(share.num, share.den * 100n) : share;
  if (compare(target, ZERO) <= 0 || compare(target, ONE) >= 0) {
    throw definitionInvalid(
      document.place,
      writtenAt,
      `a target of ${percentText(target)} leaves no error budget to manage.`,
      'Write a target between 0 and 1; for "never" use the objective-type zero-count.',
    );
  }
  if (String(written).replace(/\D/g, '').length > 15) {
    throw definitionInvalid(
      document.place,
      writtenAt,
      `the target ${written} has more digits than can be read exactly.`,
      'Write at most 15 digits.',
    );
  }
  return { target, targetText: percentText(target) };
}

/** '99.9 %', exactly: a target is a finite decimal. */
function percentText({ num, den }: Rational): string {
  const scale = 10n ** 20n;
  const scaled = (num * 100n * scale) / den;
  const fraction = (scaled % scale).toString().padStart(20, '0').replace(/0+$/, '');
  return `${scaled / scale}${fraction === '' ? '' : `.${fraction}`} %`;
}
