import { problemsIn, type SchemaProblem } from '../core/yaml-file.ts';
import { DECODABLE_DURATION, OPENSLO_KINDS } from './schema/openslo.ts';
import { isZone } from './zone.ts';

export const API_VERSION = 'openslo/v1';

/** What the reference implementation says of a document: its decoder comes before its validator. */
export type Conformance = 'valid' | 'invalid' | 'undecodable';

/** Keywords whose failure the decoder of the reference implementation stops at. */
const DECODING = new Set(['additionalProperties', 'type']);

/** What is wrong with one OpenSLO document, as OpenSLO; nothing for a valid one. */
export function conformanceProblems(document: unknown): SchemaProblem[] {
  const value = withoutNulls(document);
  const { apiVersion, kind } = (value ?? {}) as Record<string, unknown>;
  if (apiVersion !== API_VERSION) {
    return [versionProblem(apiVersion)];
  }
  const schema = typeof kind === 'string' ? OPENSLO_KINDS[kind] : undefined;
  if (!schema) {
    const kinds = Object.keys(OPENSLO_KINDS).join(', ');
    const problem = `'${String(kind)}' is not a kind of OpenSLO v1 document`;
    return [{ path: ['kind'], keyword: 'kind', problem, fix: `Use one of: ${kinds}.` }];
  }
  return [...problemsIn(value, schema), ...zoneProblems(value)].sort(mostTelling);
}

/** Valid, invalid, or not even readable as OpenSLO. */
export function conformanceOf(document: unknown): Conformance {
  const problems = conformanceProblems(document);
  if (problems.length === 0) return 'valid';
  return problems.some(isUndecodable) ? 'undecodable' : 'invalid';
}

function isUndecodable({ keyword, path, problem }: SchemaProblem): boolean {
  if (DECODING.has(keyword) || path[0] === 'apiVersion' || path[0] === 'kind') return true;
  const isListedKind =
    keyword === 'enum' && path.at(-1) === 'kind' && Number.isInteger(path.at(-2));
  return isListedKind || (keyword === 'pattern' && problem.includes(DECODABLE_DURATION));
}

/** What a decoder stops at explains what a validator says after it; an alternative explains least. */
function mostTelling(a: SchemaProblem, b: SchemaProblem): number {
  const rank = (problem: SchemaProblem) =>
    isUndecodable(problem) ? 0 : /^(oneOf|anyOf|if|not)$/.test(problem.keyword) ? 2 : 1;
  return rank(a) - rank(b);
}

function versionProblem(apiVersion: unknown): SchemaProblem {
  return {
    path: ['apiVersion'],
    keyword: 'version',
    problem:
      apiVersion === undefined
        ? "the document has no 'apiVersion'"
        : `the apiVersion '${String(apiVersion)}' is not supported`,
    fix: `Write the definition as '${API_VERSION}', the version that mcp-witness reads.`,
  };
}

function zoneProblems(value: unknown): SchemaProblem[] {
  const { spec } = value as { spec?: { timeWindow?: unknown } };
  const windows = Array.isArray(spec?.timeWindow) ? spec.timeWindow : [];
  return windows.flatMap((window: unknown, index) => {
    const { calendar } = (window ?? {}) as { calendar?: { timeZone?: unknown } };
    const zone = calendar?.timeZone;
    if (typeof zone !== 'string' || isZone(zone)) return [];
    return [
      {
        path: ['spec', 'timeWindow', index, 'calendar', 'timeZone'],
        keyword: 'zone',
        problem: `'${zone}' is not a time zone of the IANA database`,
        fix: "Write a name such as 'Europe/Berlin' or 'UTC'.",
      },
    ];
  });
}

/** The reference decoder takes a key without a value for a key that is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // Of those alone anything is taken, nothing included.
      .filter(([key, each]) => each !== null || key === 'connectionDetails')
      .map(([key, each]) => [key, withoutNulls(each)]),
  );
}
