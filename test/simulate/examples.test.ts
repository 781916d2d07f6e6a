import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { parseYaml, readYamlFile } from '../../core/yaml-file.ts';
import { CONFIG_YAML, inventoryYaml, pricesYaml } from '../../simulate/config-files.ts';
import { WINDOW } from './fleet-files.ts';

interface Entry {
  readonly [key: string]: unknown;
}
type Sections = Readonly<Record<string, readonly Entry[]>>;

const example = (name: string) =>
  readYamlFile(packagePath('examples', name)).map(({ value }) => value as Sections);
const simulated = (text: string) =>
  parseYaml('simulated', text).map(({ value }) => value as Sections);

const known = {
  servers: ['id', 'names', 'hosts', 'owner', 'environment', 'region', 'approved'],
  agents: ['id', 'names', 'owner', 'environment', 'expires_at', 'cost_center', 'tags'],
  tools: ['server', 'name', 'class', 'approval'],
  prices: [
    'meter',
    'name',
    'model',
    'server',
    'tool',
    'unit',
    'currency',
    'price',
    'from',
    'to',
    'allocate_by',
  ],
} as const;

const files = {
  'examples/inventory.yaml': () => example('inventory.yaml'),
  'examples/prices.yaml': () => example('prices.yaml'),
  'the simulated inventory': () => simulated(inventoryYaml(WINDOW.from, WINDOW.to)),
  'the simulated prices': () => simulated(pricesYaml(WINDOW.from)),
} as const;

test.each(Object.entries(files))('%s has only fields that are published', (_, documents) => {
  for (const [section, entries] of documents().flatMap((sections) => Object.entries(sections))) {
    expect(Object.keys(known)).toContain(section);
    expect(entries.length).toBeGreaterThan(0);
    const fields: readonly string[] = known[section as keyof typeof known];
    expect(entries.flatMap(Object.keys).filter((field) => !fields.includes(field))).toEqual([]);
  }
});

test('a price is text, so that no digit is lost', () => {
  for (const { prices = [] } of [
    ...example('prices.yaml'),
    ...simulated(pricesYaml(WINDOW.from)),
  ]) {
    for (const { price } of prices) expect(price).toMatch(/^\d+(\.\d+)?$/);
  }
});

test('the example config and the simulated one name the same inventory and prices', () => {
  const [config] = example('mcp-witness.yaml');
  const [ours] = simulated(CONFIG_YAML);

  expect(config).toMatchObject({
    store: { engine: 'duckdb', path: './witness.duckdb' },
    inventory: ['./inventory.yaml'],
    prices: ['./prices.yaml'],
    slos: ['./slos/*.yaml'],
    sources: [{ kind: 'files', paths: ['./telemetry/**/*'] }],
  });
  expect(ours).toMatchObject({
    store: config?.['store'],
    inventory: config?.['inventory'],
    prices: config?.['prices'],
    correlation: config?.['correlation'],
    sources: [{ kind: 'files', paths: ['./telemetry/**/*'] }],
  });
});
