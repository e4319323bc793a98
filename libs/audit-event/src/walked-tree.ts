import { fieldBytes } from './field.js';

/** The tree over the events that lead along a trail's hash chain, from its start, to an event. No key has signed it yet. */
export interface WalkedTree {
  readonly tenantId: string;
  /** The number of events: the last one has this seq. */
  readonly size: number;
  /** The leaf hash of the last event. */
  readonly hash: Uint8Array;
  /** When the last event was sealed, in microseconds since the epoch. */
  readonly sealedAt: number;
  readonly root: Uint8Array;
}

/** No event, chain seal or index begins like this. */
const header = Buffer.concat([Buffer.from('ankasecure.audit.tree', 'ascii'), Buffer.of(1)]);

/**
 * `ankasecure.audit.tree` ‖ 01 ‖ tenant, size, hash and time of the last event, root, each as a field. The audit service gets a MAC over it
 * (through `macInput`). What it says is true of a hash, whatever becomes of the trail: no other events lead to that hash.
 */
export const walkedTreeBytes = ({ tenantId, size, hash, sealedAt, root }: WalkedTree): Buffer =>
  fieldBytes(header, [tenantId, size, hash, sealedAt, root]);
