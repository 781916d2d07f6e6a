import type { Row } from './values.ts';

/** A process that reads partitions of a stream, beside others that add to the same store. */
export interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/** An owner that was silent for so long is gone. */
export const OWNER_EXPIRY_MS = 60_000;

/** Who reads what of a stream. */
export interface OwnershipView {
  /** Those who said lately that they are there, also who has no partition. */
  readonly owners: readonly Owner[];
  /** By partition, which of them has it. */
  readonly partitions: ReadonlyMap<string, Owner>;
}

/**
 * Who has which partition, in a store that several processes add to. It says who reads; what may be stored is decided
 * by the checkpoint, so that a wrong answer costs time and nothing else. Azure's CheckpointStore keeps the same: an owner
 * for each partition, and when it was there last.
 */
export interface PartitionOwnership {
  /** Of this process. */
  readonly id: string;
  /** Says that this process is there. Needs no turn, so that one who waits for it is not taken for gone. */
  readonly note: (stream: string) => Promise<void>;
  /** An owner that was silent for so long is gone; so is one whose process was of this machine, and is not running. */
  readonly list: (stream: string, expiryMs: number) => Promise<OwnershipView>;
  /** Takes partitions, whoever had them; only within `hold`, where no other process claims. */
  readonly claim: (stream: string, partitions: readonly string[]) => Promise<void>;
  /** Gives up what is this process's. */
  readonly release: (stream: string, partitions: readonly string[]) => Promise<void>;
  /** Gives up all, and says that this process is gone. */
  readonly leave: (stream: string) => Promise<void>;
  /** Where the partitions stand that are stored, as the table `checkpoints` says it; without a turn. */
  readonly checkpoints: (stream: string) => Promise<readonly Row[]>;
}

/** Another process has done meanwhile what this one was about to do: nothing was stored, and where things stand has to be asked anew. */
export class OwnershipLost extends Error {}
