import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import type { Config } from '../ingest/config/config.ts';
import type { SloDefinitions } from '../slo/definition.ts';
import type { ReadOptions } from '../slo/documents.ts';
import type { Gated } from '../slo/exit-state.ts';
import type { Asked } from '../slo/judge-objective.ts';
import type { Judgement } from '../slo/judgement.ts';
import type { Store } from '../store/store.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** The definitions of the config; the six starting targets where it names none. */
export async function definitionsOf(
  config: Config,
  io: Io,
  options: ReadOptions = {},
): Promise<SloDefinitions> {
  const { loadDefinitions } = await import('../slo/definitions.ts');
  const definitions = loadDefinitions(
    config.slos.length > 0 ? config.slos : startingTargets(),
    options,
  );
  for (const warning of definitions.warnings) io.err(`warning: ${warning}\n`);
  return definitions;
}

/** The files of examples/slos, which ship with the package. */
export function startingTargets(): string[] {
  const folder = packagePath('examples', 'slos');
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** The definitions, and of the controls that a command needs those we ship where they have none. */
export async function withShipped(
  definitions: SloDefinitions,
  needed: readonly string[],
): Promise<SloDefinitions> {
  const { loadDefinitions } = await import('../slo/definitions.ts');
  const named = new Set(definitions.definitions.map(({ slo }) => slo));
  const missing = needed.filter((name) => !named.has(name));
  if (missing.length === 0) return definitions;
  const shipped = loadDefinitions(startingTargets()).definitions.filter(({ slo }) =>
    missing.includes(slo),
  );
  return { ...definitions, definitions: [...definitions.definitions, ...shipped] };
}

/** Judges what is defined, over the windows that end at `at`. */
export async function judge(
  store: Store,
  definitions: SloDefinitions,
  at: Date,
  io: Io,
  asked: Asked & { readonly honorsWaivers?: boolean } = {},
): Promise<Judgement[]> {
  const { judgeAll } = await import('../slo/judge.ts');
  const { asJudging } = await import('./telemetry/stages.ts');
  return asJudging(() => judgeAll(store, definitions, { at, now: io.now(), ...asked }));
}

/** What the verdicts mean to a script: a breach wins over what could not be verified. */
export async function gateOf(judgements: readonly Gated[]): Promise<ExitCode> {
  const { sloExitState } = await import('../slo/exit-state.ts');
  const state = sloExitState(judgements);
  if (state === 'breached') return ExitCode.breached;
  return state === 'not_verified' ? ExitCode.unverified : ExitCode.ok;
}
