import { grouped } from '../../core/grouped.ts';
import type { YamlDocument } from '../../core/yaml-file.ts';
import { configInvalid, readFilledDocument } from './document.ts';
import { type KeyedRow, refuseDuplicates } from './duplicates.ts';
import { MOST, parseUnit, type Unit, unitPrice } from './unit-price.ts';
import { validityOf } from './validity.ts';

type Meter = 'input_tokens' | 'cached_input_tokens' | 'output_tokens' | 'tool_call' | 'fixed';
type Target = 'name' | 'model' | 'server' | 'tool';

interface PriceEntry extends Partial<Readonly<Record<Target, string>>> {
  readonly meter: Meter;
  readonly unit: string;
  readonly currency: string;
  readonly price: string;
  readonly allocate_by?: string;
  readonly from: string;
  readonly to?: string;
}

interface MeterRule {
  readonly noun: Unit['noun'];
  readonly example: string;
  /** What a price of this meter may be for. */
  readonly targets: readonly Target[];
}

const TOKENS: MeterRule = { noun: 'token', example: '1M tokens', targets: ['name', 'model'] };

const METERS: Readonly<Record<Meter, MeterRule>> = {
  input_tokens: TOKENS,
  cached_input_tokens: TOKENS,
  output_tokens: TOKENS,
  tool_call: { noun: 'call', example: '1 call', targets: ['name', 'server', 'tool'] },
  fixed: { noun: 'month', example: '1 month', targets: ['name'] },
};

/** The checked content of one price file, as rows for the table. */
export interface PriceRows {
  readonly path: string;
  readonly prices: readonly object[];
}

/** Reads price files; two prices for one thing at one time, in a file or between two, are refused. */
export function readPrices(paths: readonly string[]): PriceRows[] {
  const documents = paths.map((path) =>
    readFilledDocument(path, 'prices', { numbersAsText: true }),
  );
  const files = documents.map((document) => ({
    path: document.file,
    prices: entriesOf(document).map((entry, position) => rowOf(document, entry, position)),
  }));
  refuseDuplicates(documents.flatMap(keyedRows));
  return files;
}

function entriesOf(document: YamlDocument): readonly PriceEntry[] {
  return (document.value as { readonly prices?: readonly PriceEntry[] }).prices ?? [];
}

function rowOf(document: YamlDocument, entry: PriceEntry, position: number): object {
  refuseOtherTargets(document, entry, position);
  const { from, to } = validityOf(document, ['prices', position], entry);
  return {
    position,
    meter: entry.meter,
    name: entry.name,
    model: entry.model,
    server_id: entry.server,
    tool_pattern: entry.tool,
    currency: entry.currency,
    unit: entry.unit,
    unit_price: exactUnitPrice(document, entry, position),
    allocate_by: entry.allocate_by,
    valid_from: from,
    valid_to: to,
  };
}

function refuseOtherTargets(document: YamlDocument, entry: PriceEntry, position: number): void {
  const { targets } = METERS[entry.meter];
  for (const target of ['name', 'model', 'server', 'tool'] as const) {
    if (entry[target] === undefined || targets.includes(target)) continue;
    throw configInvalid(
      document,
      ['prices', position, target],
      `a price of '${entry.meter}' cannot be for a ${target}.`,
      `Remove '${target}', or choose another meter; this one takes: ${targets.join(', ')}.`,
    );
  }
}

function exactUnitPrice(document: YamlDocument, entry: PriceEntry, position: number): string {
  const { noun, example } = METERS[entry.meter];
  const unit = parseUnit(entry.unit);
  if (unit.noun !== noun || unit.quantity.digits === 0n) {
    throw configInvalid(
      document,
      ['prices', position, 'unit'],
      `'${entry.unit}' is not a unit of '${entry.meter}'.`,
      `Write a quantity of ${noun}s above zero, such as '${example}'.`,
    );
  }
  const one = unitPrice(entry.price, unit);
  if ('price' in one) return one.price;
  const given = `${entry.price} ${entry.currency} for '${entry.unit}'`;
  const [problem, fix] =
    one.wrong === 'inexact'
      ? [
          `${given} is not exact with 12 decimals for one ${noun}.`,
          `Write the price for another unit, such as '${example}', with fewer decimals.`,
        ]
      : [
          `${given} is more than ${grouped(MOST)} for one ${noun}.`,
          `Correct the price, or its unit, such as '${example}'.`,
        ];
  throw configInvalid(document, ['prices', position, 'price'], problem, fix);
}

function keyedRows(document: YamlDocument): KeyedRow[] {
  return entriesOf(document).map((entry, position) => ({
    key: keyOf(entry),
    label: `A price of '${entry.meter}' in ${entry.currency} for the same thing and time`,
    validity: validityOf(document, ['prices', position], entry),
    document,
    path: ['prices', position],
  }));
}

/** Names only label a price of use, but they tell fixed prices apart. */
function keyOf({ meter, currency, model, server, tool, name }: PriceEntry): string {
  const thing =
    meter === 'fixed'
      ? [name ?? 'fixed']
      : [model?.toLowerCase() ?? '*', server ?? '*', tool ?? '*'];
  return JSON.stringify([meter, currency, ...thing]);
}
