import { expect, test } from 'vitest';
import { type Share, shareOf } from '../../ingest/event-hubs/shares.ts';

/** Readers of one stream, who look at who has what one after another and do what is due. */
class Readers {
  readonly owned = new Map<string, string>();
  readonly #partitions: readonly string[];
  moves = 0;

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, (_, no) => String(no));
  }

  shareOf(reader: string, present: readonly string[]): Share {
    const ownerOf = (id: string) => ({ id, host: 'h', pid: 1 });
    const owned = [...this.owned].filter(([, owner]) => present.includes(owner));
    return shareOf(reader, this.#partitions, {
      owners: present.map(ownerOf),
      partitions: new Map(owned.map(([partition, owner]) => [partition, ownerOf(owner)])),
    });
  }

  /** All look at the same and give up what is beyond their share; then they take, one after another. */
  round(present: readonly string[]): void {
    const excess = present.map((reader) => this.shareOf(reader, present).excess);
    for (const [no, reader] of present.entries()) {
      const own = [...this.owned].filter(([, owner]) => owner === reader);
      for (const [partition] of own.slice(own.length - (excess[no] ?? 0))) {
        this.owned.delete(partition);
        this.moves += 1;
      }
    }
    for (const reader of present) {
      for (const partition of this.shareOf(reader, present).free) this.owned.set(partition, reader);
    }
  }

  counts(present: readonly string[]): number[] {
    const counts = present.map(
      (reader) => [...this.owned.values()].filter((owner) => owner === reader).length,
    );
    return counts.sort((a, b) => b - a);
  }
}

const evenly = (partitions: number, readers: number): number[] =>
  Array.from(
    { length: readers },
    (_, no) => Math.floor(partitions / readers) + (no < partitions % readers ? 1 : 0),
  );

test.each([1, 2, 3, 4, 7, 32])(
  'of %i partitions shares are even, whoever comes and goes',
  (partitions) => {
    const readers = new Readers(partitions);
    const all = Array.from({ length: 35 }, (_, no) => `reader ${no}`);
    const present: string[] = [];
    // Each comes, then each third goes; what is given up is what has to be, and no more.
    for (const reader of all) {
      present.push(reader);
      readers.moves = 0;
      readers.round(present);
      expect(readers.counts(present)).toEqual(evenly(partitions, present.length));
      expect(readers.moves).toBe(
        Math.floor(partitions / present.length) * (present.length > 1 ? 1 : 0),
      );
      readers.moves = 0;
      readers.round(present);
      expect(readers.moves).toBe(0);
    }
    while (present.length > 1) {
      present.splice(present.length % 2, 1);
      readers.round(present);
      expect(readers.counts(present)).toEqual(evenly(partitions, present.length));
    }
  },
);
