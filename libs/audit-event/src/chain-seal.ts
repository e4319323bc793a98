import type { ChainRow } from './chain.js';
import { fieldBytes } from './field.js';

/** The batch that a seal covers: from its first row to its last, whose leaf hash binds all rows before it. */
export interface SealedBatch {
  readonly tenantId: string;
  readonly fromSeq: number;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** The magic of a seal. An event's canonical bytes begin with 00 or 01, so the MAC of an event is never valid for a seal, or the reverse. */
const header = Buffer.concat([Buffer.from('ankasecure.audit.chain', 'ascii'), Buffer.of(1)]);

/** `ankasecure.audit.chain` ‖ 01 ‖ tenant, first seq, last seq, last leaf hash, each as a field. The audit service gets a MAC over it (through `macInput`) when it seals a batch. */
export const chainSealBytes = ({ tenantId, fromSeq, seq, hash }: SealedBatch): Buffer =>
  fieldBytes(header, [tenantId, fromSeq, seq, hash]);

/** The bytes under the row's seal, or undefined if the row has no seal, or one that no batch can have. */
export const sealedBytesOf = (row: ChainRow): Buffer | undefined =>
  row.chainSeal === null || row.chainSeal.fromSeq > row.seq
    ? undefined
    : chainSealBytes({ ...row, fromSeq: row.chainSeal.fromSeq });
