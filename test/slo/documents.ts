import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../core/package-root.ts';
import type { SloDefinitions } from '../../slo/definition.ts';
import { loadDefinitions } from '../../slo/definitions.ts';
import type { ReadOptions } from '../../slo/documents.ts';

/** The six starting targets, and what they need. */
export const EXAMPLES = [
  'alerting',
  'approval-bypass',
  'auth-success',
  'body-logging',
  'read-only-latency',
  'services',
  'unowned-agents',
  'write-latency',
].map((name) => packagePath('examples', 'slos', `${name}.yaml`));

/** All that we ship. */
export const SHIPPED = globSync(packagePath('examples', 'slos', '*.yaml')).sort();

export function examples(): SloDefinitions {
  return loadDefinitions(EXAMPLES);
}

/** One of the shipped definitions, which is called as its file is. */
export function example(slo: string): SloDefinitions {
  return loadDefinitions(
    [slo, 'services', 'alerting'].map((name) => packagePath('examples', 'slos', `${name}.yaml`)),
  );
}

/** Loads a text as a file called slo.yaml; errors and warnings name it so. */
export function load(text: string): SloDefinitions {
  return loadAs(text);
}

export function loadAs(text: string, options: ReadOptions = {}): SloDefinitions {
  const folder = mkdtempSync(join(tmpdir(), 'witness-slo-'));
  const file = join(folder, 'slo.yaml');
  try {
    writeFileSync(file, text);
    const { definitions, warnings, notes } = loadDefinitions([file], options);
    const inFile = (each: string) => each.replaceAll(`${folder}/`, '');
    return { definitions, warnings: warnings.map(inFile), notes: (notes ?? []).map(inFile) };
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(`${folder}/`, '');
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A small latency SLO over tool_calls; tests change its text. */
export const LATENCY = `apiVersion: openslo/v1
kind: Service
metadata: { name: tools }
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: latency
  annotations:
    slo.mcp/objective-type: threshold-latency
    slo.mcp/min-events: "1"
    slo.mcp/min-coverage: "0"
spec:
  service: tools
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 30d
      isRolling: true
  indicator:
    metadata: { name: latency }
    spec:
      thresholdMetric:
        metricSource:
          spec:
            source: tool_calls
            time: timestamp
            weight: weight
            where:
              - { field: tool_name, op: eq, value: search }
            exclude:
              - id: refused
                reason: never reached the tool
                when:
                  - { field: outcome, op: eq, value: denied }
            unmeasurable:
              - id: no-server
                reason: the server is not known
                when:
                  - { field: server_id, op: is-null }
            assume:
              - id: no-agent
                reason: taken as any agent
                when:
                  - { field: agent_id, op: is-null }
            value:
              field: latency_ms
              badWhenMissing:
                - { field: outcome, op: eq, value: failure }
  objectives:
    - op: lt
      value: 1000
      target: 0.95
`;

/** The same text with one thing changed; a change that changes nothing is a mistake in the test. */
export function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the text does not hold '${from}'`);
  return text.replace(from, to);
}
