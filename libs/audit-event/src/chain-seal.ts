import type { ChainRow } from './chain.js';
import { fieldBytes } from './field.js';

/** The index of the tenant's records after a batch: the last event that changed it, and its MAC. 0 and no bytes if there is none. */
export interface SealedIndex {
  readonly seq: number;
  readonly mac: Uint8Array;
}

/** The batch that a seal covers: from its first row to its last, whose leaf hash binds all rows before it. */
export interface SealedBatch {
  readonly tenantId: string;
  readonly fromSeq: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  /** Null: a seal of version 1, which binds no index. */
  readonly index: SealedIndex | null;
}

/** The magic of a seal. An event's canonical bytes begin with 00 or 01, so the MAC of an event is never valid for a seal, or the reverse. */
const headerOf = (version: number): Buffer =>
  Buffer.concat([Buffer.from('ankasecure.audit.chain', 'ascii'), Buffer.of(version)]);
const headers = { 1: headerOf(1), 2: headerOf(2) } as const;

/**
 * `ankasecure.audit.chain` ‖ 02 ‖ tenant, first seq, last seq, last leaf hash, the index's seq and its MAC, each as a field. Version 1 has
 * 01 and no index. Every new seal has version 2. The audit service gets a MAC over it (through `macInput`) when it seals a batch.
 */
export const chainSealBytes = ({ tenantId, fromSeq, seq, hash, index }: SealedBatch): Buffer =>
  index === null
    ? fieldBytes(headers[1], [tenantId, fromSeq, seq, hash])
    : fieldBytes(headers[2], [tenantId, fromSeq, seq, hash, index.seq, index.mac]);

/** The bytes under the row's seal, or undefined if the row has no seal, or one that no batch can have. The row's own columns say the version. */
export const sealedBytesOf = (row: Pick<ChainRow, 'tenantId' | 'seq' | 'hash' | 'chainSeal'>): Buffer | undefined => {
  const { chainSeal, seq } = row;
  if (chainSeal === null || chainSeal.fromSeq > seq) return undefined;
  const { fromSeq, index } = chainSeal;
  return index === null || isPossible(index, seq) ? chainSealBytes({ ...row, fromSeq, index }) : undefined;
};

const isPossible = ({ seq, mac }: SealedIndex, end: number): boolean =>
  seq >= 0 && seq <= end && (seq === 0) === (mac.length === 0);
