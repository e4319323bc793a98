import { type ChainRow, recordIndexBytes, type SealedIndex } from '@ankasecure/audit-event';
import { type ComputeMac, isGenuine } from '../mac/stored-mac.js';
import { sumOf } from '../record/known-heads.js';
import type { SealedChange } from '../record/record-head.sql.js';

/** An index that was made with the batch whose seal binds it. */
interface OwnIndex extends SealedIndex {
  readonly macKeyId: string;
}

const isSame = (a: SealedIndex, b: SealedIndex): boolean => a.seq === b.seq && Buffer.from(a.mac).equals(b.mac);

/**
 * Compares the index of records that each seal binds with the verified events. A batch that names changes has an index of its own, and
 * so has one that accepts a restored trail. Any other batch leaves the index of the batch before.
 */
export class BoundIndexCheck {
  /** The index of the last seal. Null: a seal of version 1, or none yet. */
  private before: SealedIndex | null = null;
  private lastChange = 0;
  private isChanged = false;
  private own: OwnIndex | undefined;
  private found: number | undefined;

  /** The first event whose seal binds an index that cannot be that of its batch. */
  get fault(): number | undefined {
    return this.found;
  }

  /** Takes a verified row that names changes or bears a seal, in order. */
  feed({ seq, macKeyId, chainSeal }: Pick<ChainRow, 'seq' | 'macKeyId' | 'chainSeal'>, changes: number): void {
    if (changes > 0) {
      this.isChanged = true;
      this.lastChange = seq;
    }
    if (chainSeal === null) return;
    const { index } = chainSeal;
    if (index !== null && !this.fits(seq, index)) this.found ??= seq;
    if (index?.seq === seq) this.own = { ...index, macKeyId };
    this.before = index;
    this.isChanged = false;
  }

  /**
   * Computes the last index again.
   * @param changes the last change of each record, of all events from the first on
   * @returns the event whose seal binds another one
   */
  async lastFault(tenantId: string, changes: readonly SealedChange[], mac: ComputeMac): Promise<number | undefined> {
    // A batch with a seal of version 1 may have changed the index since.
    if (this.own === undefined || this.lastChange > this.own.seq) return undefined;
    const { seq, macKeyId } = this.own;
    const message = recordIndexBytes({ tenantId, seq, sum: await sumOf(changes) });
    return (await isGenuine(mac, { macKeyId, message, mac: this.own.mac })) ? undefined : seq;
  }

  private fits(seq: number, index: SealedIndex): boolean {
    if (index.seq === seq) return true;
    if (this.isChanged) return false;
    return this.before === null ? index.seq >= this.lastChange : isSame(index, this.before);
  }
}
