import type { ChainRow } from '@ankasecure/audit-event';
import { type RecordHead, recordChangesOf, recordKey } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { type SealedChange, selectHeads } from './record-head.sql.js';
import { LastChanges } from './sealed-change.js';

const isKept = ({ revision, digest }: SealedChange, head: RecordHead | undefined): boolean =>
  head !== undefined && (head.revision > revision || (head.revision === revision && head.digest === digest));

/**
 * Compares the heads of records with the verified events that they were derived from. A head that is older than an event, or
 * says something else, was changed in the database.
 */
export class HeadVerification {
  private readonly last = new LastChanges();

  /** Takes a verified row of the trail. */
  feed({ seq, details }: Pick<ChainRow, 'seq' | 'details'>): void {
    if (!details.includes('"record.')) return;
    this.last.add(seq, recordChangesOf(JSON.parse(details) as Record<string, string>) ?? []);
  }

  /** @returns the first event that the heads have forgotten */
  async firstForgotten(manager: EntityManager, tenantId: string): Promise<number | undefined> {
    const changes = this.last.all();
    if (changes.length === 0) return undefined;
    const heads = new Map((await selectHeads(manager, tenantId, changes)).map((head) => [recordKey(head), head]));
    const forgotten = changes.filter((change) => !isKept(change, heads.get(recordKey(change))));
    return forgotten.length === 0 ? undefined : Math.min(...forgotten.map(({ seq }) => seq));
  }
}
