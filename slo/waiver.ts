import type { Violation } from './assess.ts';
import type { Waiver } from './definition.ts';

/** What a waiver came to when it was judged. */
export interface WaiverUse {
  readonly name: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly approver: string;
  readonly ticket: string | null;
  readonly expiresAt: string;
  readonly definedAt: string;
  /** `unused`: in force, and nothing that it names violates. */
  readonly state: 'in_force' | 'unused' | 'expired' | 'not_yet';
  readonly subjects: number;
}

export interface Waived {
  /** Each with the waivers that together cover it, by name, if they do. */
  readonly violations: readonly (Violation & { readonly waiver: string | null })[];
  readonly waived: number;
  readonly waivers: readonly WaiverUse[];
}

/** Which violations somebody has agreed to until a day that is not over. */
export function applyWaivers(
  violations: readonly Violation[],
  waivers: readonly Waiver[],
  at: string,
): Waived {
  const inForce = waivers.filter((waiver) => standingOf(waiver, at) === 'in_force');
  const covered = violations.map((violation) => ({
    ...violation,
    waiver: coveredBy(inForce, violation),
  }));
  return {
    violations: covered,
    waived: covered.filter(({ waiver }) => waiver !== null).length,
    waivers: waivers.map((waiver) => useOf(waiver, covered, at)),
  };
}

/** The waivers that cover all that a subject violates, by name; NULL where something is left. */
function coveredBy(waivers: readonly Waiver[], violation: Violation): string | null {
  const own = waivers.filter((waiver) => concerns(waiver, violation));
  const isCovered = violation.findings.every((id) => own.some((waiver) => covers(waiver, id)));
  return own.length > 0 && isCovered ? own.map(({ name }) => name).join(', ') : null;
}

function covers({ finding }: Waiver, id: string): boolean {
  return finding === null || finding === id;
}

/** Whether it is about that subject and something that it violates. */
function concerns(waiver: Waiver, { subject, findings }: Violation): boolean {
  const isSubject = Object.entries(subject).every(
    ([column, value]) => waiver.subject[column] === value,
  );
  return isSubject && findings.some((id) => covers(waiver, id));
}

function standingOf({ from, expiresAt }: Waiver, at: string): WaiverUse['state'] {
  if (Date.parse(at) >= Date.parse(expiresAt)) return 'expired';
  if (from !== null && Date.parse(at) < Date.parse(from)) return 'not_yet';
  return 'in_force';
}

function useOf(waiver: Waiver, covered: Waived['violations'], at: string): WaiverUse {
  const { name, subject, reason, approver, ticket, expiresAt, definedAt } = waiver;
  const standing = standingOf(waiver, at);
  const concerned = covered.filter((violation) => concerns(waiver, violation));
  const subjects = standing === 'in_force' ? concerned.length : 0;
  const state = standing === 'in_force' && subjects === 0 ? 'unused' : standing;
  return { name, subject, reason, approver, ticket, expiresAt, definedAt, state, subjects };
}
