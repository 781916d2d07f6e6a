import type { Value } from '../../store/values.ts';
import type { Family } from './value-families.ts';

/** A value in the one form in which both sides are compared. */
export type Cell = string | number | null;

/** Two floats are the same value when they differ by at most this share of the larger one. */
const TOLERANCE = 1e-12;

/** Whole numbers and decimals stay text, so that no digit is lost; a comparison is 0 or 1 in ClickHouse. */
export function cellOf(value: unknown, family: Family = 'text'): Cell {
  if (value === null || value === undefined) return null;
  if (family === 'float') return Number(value);
  if (family === 'boolean' && typeof value === 'number') return String(value === 1);
  if (family === 'time') return instantOf(String(value));
  if (family === 'list') return JSON.stringify(value as Value);
  const text = String(value);
  return family.startsWith('decimal') && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** '2026-11-21T10:00:00Z' and '2026-11-21 10:00:00.000000' are one time. */
function instantOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\S{10})[T ](\S{8})(?:\.(\d+))?Z?$/.exec(text) ?? [];
  return `${day}T${time}.${fraction.padEnd(6, '0')}`;
}

/** Floats come last, so that one that differs in its last bits does not move its row. */
export function byExactCellsFirst(families: readonly Family[]): (a: Cell[], b: Cell[]) => number {
  const places = families.map((_, at) => at);
  const order = [
    ...places.filter((at) => families[at] !== 'float'),
    ...places.filter((at) => families[at] === 'float'),
  ];
  return (a, b) => {
    for (const at of order) {
      const step = compareCells(a[at] ?? null, b[at] ?? null);
      if (step !== 0) return step;
    }
    return 0;
  };
}

function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

export function isSameRow(a: readonly Cell[], b: readonly Cell[] | undefined): boolean {
  return b !== undefined && a.every((cell, at) => isSameCell(cell, b[at] ?? null));
}

export function isSameCell(a: Cell, b: Cell): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
