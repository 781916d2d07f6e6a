import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { assess } from './assess.ts';
import { compileControl } from './control-statement.ts';
import { controlDataState, judgeControl } from './control-verdict.ts';
import type { Control } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { judged } from './judged.ts';
import type { ControlJudgement } from './judgement.ts';
import { controlRevisionOf } from './revision.ts';
import { applyWaivers } from './waiver.ts';

/** Assesses and judges one zero control over one window. */
export async function judgedControl(
  store: Store,
  control: Control,
  window: TimeWindow,
  evidence: Evidence,
  honorsWaivers = false,
): Promise<ControlJudgement> {
  const statement = await compileControl(store, control, window);
  const assessment = await assess(store, control, statement);
  const waived = applyWaivers(assessment.violations, control.waivers, window.to);
  const waivers = { waived: waived.waived, honorsWaivers };
  const verdict = judgeControl(assessment, evidence, control, waivers);
  return {
    kind: 'control',
    ...judged(control, window, evidence),
    ...verdict,
    dataState: controlDataState(assessment, evidence, control),
    evaluate: control.evaluate,
    ...assessment,
    ...waived,
    honorsWaivers,
    violationsNotListed: assessment.violating - assessment.violations.length,
    revision: await controlRevisionOf(store, control, window, assessment, verdict.state),
  };
}
