import type { Control, Definition, Objective } from '../definition.ts';
import type { Rational } from '../rational.ts';

export function stateIs(definition: Objective | Control, state: string): string {
  return `mcp_witness_slo_state{${selector(definition)},mcp_witness_slo_state="${state}"} == 1`;
}

export function labelsOf(definition: Objective | Control): Record<string, string> {
  const { slo } = definition;
  return definition.kind === 'objective' ? { slo, objective: definition.objective } : { slo };
}

export function selector(definition: Objective | Control): string {
  return Object.entries(labelsOf(definition))
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',');
}

/** PromQL and Go read a text in double quotes as JSON writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function about({ description, runbook, owner }: Definition, summary: string) {
  return {
    summary,
    ...(description === '' ? {} : { description: plain(description) }),
    ...(runbook === null ? {} : { runbook_url: plain(runbook) }),
    ...(owner === null ? {} : { owner: plain(owner) }),
  };
}

/** Go templates are run over annotations: what a user wrote is no template. */
export function plain(text: string): string {
  return text.replace(/\{(?=\{)/g, '{ ');
}

/** The exact decimal of a fraction whose denominator has no other factors than 2 and 5. */
export function decimal({ num, den }: Rational): string {
  if (num < 0n) return `-${decimal({ num: -num, den })}`;
  for (let digits = 0; digits <= 30; digits += 1) {
    const scaled = num * 10n ** BigInt(digits);
    if (scaled % den !== 0n) continue;
    const text = (scaled / den).toString().padStart(digits + 1, '0');
    return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }
  return `(${num} / ${den})`;
}
