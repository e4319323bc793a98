import type { ChainRow } from '@ankasecure/audit-event';
import { type RecordChange, type RecordHead, recordChangesOf } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { selectHeads } from './record-head.sql.js';

/** A change that a verified event names. */
type Named = RecordChange & { readonly seq: number };

const nameOf = ({ kind, id }: Pick<RecordChange, 'kind' | 'id'>): string => `${kind} ${id}`;

const isKept = ({ revision, digest }: Named, head: RecordHead | undefined): boolean =>
  head !== undefined && (head.revision > revision || (head.revision === revision && head.digest === digest));

/**
 * Compares the heads of records with the verified events that they were derived from. A head that is older than an event, or
 * says something else, was changed in the database.
 */
export class HeadVerification {
  private readonly last = new Map<string, Named>();

  /** Takes a verified row of the trail. */
  feed({ seq, details }: Pick<ChainRow, 'seq' | 'details'>): void {
    if (!details.includes('"record.')) return;
    for (const change of recordChangesOf(JSON.parse(details) as Record<string, string>) ?? []) {
      const held = this.last.get(nameOf(change));
      if (held === undefined || held.revision < change.revision) this.last.set(nameOf(change), { ...change, seq });
    }
  }

  /** @returns the first event that the heads have forgotten */
  async firstForgotten(manager: EntityManager, tenantId: string): Promise<number | undefined> {
    const changes = [...this.last.values()];
    if (changes.length === 0) return undefined;
    const heads = new Map((await selectHeads(manager, tenantId, changes)).map((head) => [nameOf(head), head]));
    const forgotten = changes.filter((change) => !isKept(change, heads.get(nameOf(change))));
    return forgotten.length === 0 ? undefined : Math.min(...forgotten.map(({ seq }) => seq));
  }
}
