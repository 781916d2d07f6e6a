import { visible } from '../visible.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
  readonly lossy: readonly string[];
}

/** A Prometheus rule file; what is lost on the way stands at its head. */
export function renderPrometheusRules({ groups, lossy }: RuleFile, toolVersion: string): string {
  return [
    `# Written by mcp-witness ${toolVersion}. What these rules cannot say of the definitions:`,
    ...lossy.map((loss) => `# - ${visible(loss)}`),
    'groups:',
    ...groups.flatMap(({ name, rules }) => [
      `  - name: ${scalar(name)}`,
      '    rules:',
      ...rules.flatMap(ruleLines),
    ]),
    '',
  ].join('\n');
}

function ruleLines({ record, alert, expr, for: wait, labels, annotations }: Rule): string[] {
  return [
    record === undefined
      ? `      - alert: ${scalar(alert ?? '')}`
      : `      - record: ${scalar(record)}`,
    `        expr: ${scalar(expr)}`,
    ...(wait === undefined ? [] : [`        for: ${wait}`]),
    ...mapLines('labels', labels),
    ...mapLines('annotations', annotations),
  ];
}

function mapLines(name: string, map: Readonly<Record<string, string>> | undefined): string[] {
  const entries = Object.entries(map ?? {});
  if (entries.length === 0) return [];
  return [
    `        ${name}:`,
    ...entries.map(([key, value]) => `          ${key}: ${scalar(value)}`),
  ];
}

/** YAML reads a text in double quotes as JSON writes it; nothing in it can end the line. */
function scalar(text: string): string {
  return JSON.stringify(visible(text));
}
