import { createHash } from 'node:crypto';
import { fieldBytes } from './field.js';

/** The last change of a record, as the index of a tenant's records holds it. */
export interface IndexedRecord {
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
  readonly digest: string | null;
  readonly state: string | null;
}

/** The index of a tenant's records after the event `seq`. */
export interface RecordIndex {
  readonly tenantId: string;
  readonly seq: number;
  /** The multiset hash over the last changes of all records. */
  readonly sum: Uint8Array;
}

const headOf = (name: string): Buffer => Buffer.concat([Buffer.from(name, 'ascii'), Buffer.of(1)]);
const element = headOf('ankasecure.audit.record');
/** No event, chain seal or element begins like this. */
const header = headOf('ankasecure.audit.index');

/** `ankasecure.audit.record` ‖ 01 ‖ kind, id, seq, revision, digest, state, each as a field: an element of the multiset. */
export const indexedBytes = ({ kind, id, seq, revision, digest, state }: IndexedRecord): Buffer =>
  fieldBytes(element, [kind, id, seq, revision, digest, state]);

/** `ankasecure.audit.index` ‖ 01 ‖ tenant, seq, SHA-256 of the sum, each as a field. The audit service gets a MAC over it (through `macInput`). */
export const recordIndexBytes = ({ tenantId, seq, sum }: RecordIndex): Buffer =>
  fieldBytes(header, [tenantId, seq, createHash('sha256').update(sum).digest()]);
