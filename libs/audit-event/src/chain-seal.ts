import type { ChainRow } from './chain.js';
import { fieldBytes } from './field.js';

/** The batch a seal is made for: from its first row to its last, whose leaf hash binds all before it. */
export interface SealedBatch {
  readonly tenantId: string;
  readonly fromSeq: number;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** An event's canonical bytes begin with a presence byte, 00 or 01, so the MAC of an event never passes for a seal, nor a seal for the MAC of an event. */
const header = Buffer.concat([Buffer.from('ankasecure.audit.chain', 'ascii'), Buffer.of(1)]);

/** `ankasecure.audit.chain` ‖ 01 ‖ tenant, first seq, last seq, last leaf hash, each as a field. The audit service gets a MAC over it (through `macInput`) when it seals a batch. */
export const chainSealBytes = ({ tenantId, fromSeq, seq, hash }: SealedBatch): Buffer =>
  fieldBytes(header, [tenantId, fromSeq, seq, hash]);

/** The bytes that a valid seal of the row covers. Undefined when the row bears no seal, or one that no batch can have. */
export const sealedBytesOf = (row: ChainRow): Buffer | undefined =>
  row.chainSeal === null || row.chainSeal.fromSeq > row.seq
    ? undefined
    : chainSealBytes({ ...row, fromSeq: row.chainSeal.fromSeq });
