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
  /** Each with the waiver that covers it, if one does. */
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
    waiver: inForce.find((waiver) => covers(waiver, violation))?.name ?? null,
  }));
  return {
    violations: covered,
    waived: covered.filter(({ waiver }) => waiver !== null).length,
    waivers: waivers.map((waiver) => useOf(waiver, covered, at)),
  };
}

function covers({ subject, finding }: Waiver, violation: Violation): boolean {
  if (finding !== null && finding !== violation.finding) return false;
  return Object.entries(violation.subject).every(([column, value]) => subject[column] === value);
}

function standingOf({ from, expiresAt }: Waiver, at: string): WaiverUse['state'] {
  if (Date.parse(at) >= Date.parse(expiresAt)) return 'expired';
  if (from !== null && Date.parse(at) < Date.parse(from)) return 'not_yet';
  return 'in_force';
}

function useOf(waiver: Waiver, covered: Waived['violations'], at: string): WaiverUse {
  const { name, subject, reason, approver, ticket, expiresAt, definedAt } = waiver;
  const subjects = covered.filter((violation) => violation.waiver === name).length;
  const standing = standingOf(waiver, at);
  const state = standing === 'in_force' && subjects === 0 ? 'unused' : standing;
  return { name, subject, reason, approver, ticket, expiresAt, definedAt, state, subjects };
}
