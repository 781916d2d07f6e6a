import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../../reports/files/junit.ts';
import { renderOpenMetrics } from '../../../reports/files/openmetrics.ts';
import { renderSarif } from '../../../reports/files/sarif.ts';
import type { Judgement } from '../../../reports/judgement.ts';
import type { ReportInput } from '../../../reports/report-input.ts';
import { fleetReport } from '../fleet.ts';
import { HOSTILE } from '../hostile.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly justification: string }[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly Result[];
}

function sarif(input: ReportInput): Run {
  const { version, runs } = JSON.parse(renderSarif(input)) as { version: string; runs: Run[] };
  expect(version).toBe('2.1.0');
  const [run] = runs;
  if (!run) throw new Error('there is no run');
  return run;
}

/** The fleet's verdicts, with one of a control changed. */
function changed(slo: string, change: Partial<Judgement>): ReportInput {
  const input = fleetReport('slo');
  const judgements = input.judgements.map((each) =>
    each.slo === slo ? ({ ...each, ...change } as Judgement) : each,
  );
  return { ...input, judgements };
}

describe('sarif', () => {
  test('a violation fails, what could not be shown is open, and objectives are no findings', () => {
    const { tool, results } = sarif(fleetReport('slo'));
    const ids = tool.driver.rules.map(({ id }) => id);

    expect(ids).toEqual(['unowned-agents', 'body-logging', 'approval-bypass']);
    expect(results.map(({ ruleId, kind, level }) => `${ruleId} ${kind} ${level}`)).toEqual([
      'unowned-agents fail error',
      'unowned-agents fail error',
      'body-logging open none',
      ...Array.from({ length: 5 }, () => 'approval-bypass fail error'),
    ]);
    for (const { ruleId, ruleIndex } of results) expect(ids[ruleIndex]).toBe(ruleId);
  });

  test('a finding has its evidence, and is found again tomorrow', () => {
    const [first] = sarif(fleetReport('slo')).results;
    const later = sarif({ ...fleetReport('slo'), generatedAt: '2027-01-01T00:00:00Z' }).results;
    const prints = later.map(({ partialFingerprints }) => partialFingerprints['subject/v1']);

    expect(first).toMatchObject({
      message: {
        text: 'c41e77d0-53c2-4d1b-9f0e-6a1f2b9d8e10: Calls production and is in no inventory.',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'examples/slos/unowned-agents.yaml' },
            region: { startLine: 3 },
          },
          logicalLocations: [{ kind: 'resource' }],
        },
      ],
      properties: { finding: 'unknown', rows: 2_916 },
    });
    expect(prints[0]).toBe(first?.partialFingerprints['subject/v1']);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('a control that is met is a pass, and a waived violation is suppressed', () => {
    const met = sarif(changed('body-logging', { state: 'met', reason: 'All were observed.' }));
    const waived = sarif(
      changed('unowned-agents', {
        waivers: [
          {
            name: 'pilot',
            reason: 'is being registered',
            approver: 'ciso@contoso.com',
            expiresAt: '2026-12-31',
            state: 'in_force',
            subjects: 1,
          },
        ],
        violations: [
          {
            subject: { agent_id: 'pilot-bot' },
            finding: 'unknown',
            explanation: 'is unknown',
            firstSeenAt: null,
            lastSeenAt: null,
            rows: 1,
            evidence: {},
            waiver: 'pilot',
          },
        ],
      }),
    );

    expect(met.results.find(({ ruleId }) => ruleId === 'body-logging')?.kind).toBe('pass');
    expect(waived.results[0]?.suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'pilot: is being registered (ciso@contoso.com, until 2026-12-31)',
      },
    ]);
  });

  test('a file elsewhere on the machine is a URI, and a runbook that is no address is none', () => {
    const { tool, results } = sarif(
      changed('body-logging', {
        definedAt: '/etc/my slos/a#b.yaml:7',
        runbook: 'javascript:alert(1)',
      }),
    );
    const uris = results.map((each) => each.locations[0]?.physicalLocation.artifactLocation.uri);

    expect(uris).toContain('file:///etc/my%20slos/a%23b.yaml');
    expect(JSON.stringify(tool)).not.toContain('javascript:');
  });
});

const SAMPLE =
  /^([a-z_:][a-z0-9_:]*)\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,(?=[a-z])|(?=\})))*)\} (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Reads the text as strictly as OpenMetrics asks for: each family once, in one piece, and an end. */
function samplesOf(
  text: string,
): Map<string, readonly (readonly [labels: string, value: number])[]> {
  const lines = text.split('\n');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  const families = new Map<string, (readonly [string, number])[]>();
  let family = '';
  for (const line of lines.slice(0, -2)) {
    const [, head, name = ''] = /^# (TYPE|UNIT|HELP) ([a-z_]+) .+$/.exec(line) ?? [];
    if (head === 'TYPE') {
      expect(families.has(name), `${name} comes twice`).toBe(false);
      families.set(name, []);
      family = name;
      continue;
    }
    if (head !== undefined) {
      expect(name).toBe(family);
      continue;
    }
    const [, sampled, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    expect(sampled, line.slice(0, 200)).toBe(family);
    families.get(family)?.push([labels, Number(value)]);
  }
  return families;
}

describe('openmetrics', () => {
  test('holds each state once, and the counts behind it', () => {
    const families = samplesOf(renderOpenMetrics(fleetReport('slo')));
    const states = families.get('mcp_witness_slo_state') ?? [];
    const bad = families.get('mcp_witness_slo_events')?.find(([labels]) => /"bad"/.test(labels));

    expect(states).toHaveLength(6 * 5);
    expect(states.filter(([, value]) => value === 1)).toHaveLength(6);
    expect(bad).toEqual(['slo="auth-success",service="mcp",class="bad"', 60]);
    expect(families.get('mcp_witness_control_violating')).toContainEqual([
      'slo="approval-bypass",service="mcp"',
      7,
    ]);
    expect(families.get('mcp_witness_slo_window_end_timestamp_seconds')?.[0]?.[1]).toBe(
      Date.parse('2026-11-21T00:00:00Z') / 1000,
    );
  });

  test('what is not known is not there, and never 0', () => {
    const families = samplesOf(
      renderOpenMetrics(changed('auth-success', { budget: null, goodRatio: null })),
    );
    const budgets = families.get('mcp_witness_slo_budget_remaining_ratio') ?? [];

    expect(budgets.some(([labels]) => labels.includes('auth-success'))).toBe(false);
    expect(families.has('mcp_witness_slo_good_ratio')).toBe(false);
  });

  test.each(Object.entries(HOSTILE))('%s stays inside its label', (_, text) => {
    const rendered = renderOpenMetrics(changed('auth-success', { service: text, objective: text }));

    expect(samplesOf(rendered).get('mcp_witness_slo_state')).toHaveLength(6 * 5);
    expect(rendered.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

test('junit: a failure names what violates, and says how much more there is', () => {
  const xml = renderJunit(fleetReport('slo'));

  expect(xml).toContain(
    '>c41e77d0-53c2-4d1b-9f0e-6a1f2b9d8e10: Calls production and is in no inventory.\n',
  );
  expect(xml).toContain('\nand 2 more</failure>');
});
