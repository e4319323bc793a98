import {
  isFinal,
  mayFollow,
  type RecordChange,
  type RecordHead,
  type RecordName,
  recordKey,
} from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { KnownHeads } from '../record/known-heads.js';
import { type SealedChange, selectHeads, selectHeadsOf } from '../record/record-head.sql.js';
import { LastChanges, mayBecome, movesHead } from '../record/sealed-change.js';

/** The events that were verified. */
export interface VerifiedStretch {
  readonly fromSeq: number;
  readonly untilSeq: number;
  /** The last event of the trail. */
  readonly end: number;
}

/** Whether a head is that of a change, or of one that came after it. */
const isKept = (change: SealedChange, head: RecordHead | undefined): boolean => {
  if (head === undefined) return false;
  if (head.revision === change.revision) return head.digest === change.digest;
  return !movesHead(head, change) || (head.seq > change.seq && mayBecome(change, head));
};

const isNamed = (head: RecordHead, last: RecordHead | undefined): boolean =>
  last !== undefined &&
  (['seq', 'revision', 'digest'] as const).every((member) => head[member] === last[member]) &&
  (head.state === last.state || isLeft(head, last) || isLeft(last, head));

/**
 * Whether one of two states of a head is final, and the other is a later one that the head's last change names: the record stays in
 * the final state. A stretch that does not begin with the trail does not name the final change, and the release before kept the
 * state of the last one.
 */
const isLeft = (final: RecordHead, other: RecordHead): boolean =>
  isFinal(final.kind, final.state) &&
  !isFinal(final.kind, other.state) &&
  (other.digest === null || mayFollow(final.kind, final.state, other.state));

/**
 * Compares the heads of records with the verified events that they were derived from. A head that is older than an event, or
 * that no event names, was changed in the database.
 */
export class HeadVerification {
  private readonly last = new LastChanges();

  /** Takes the changes that a verified row of the trail names. */
  feed(seq: number, changes: readonly RecordChange[]): void {
    this.last.add(seq, changes);
  }

  /** The last change of each record that the verified events name. */
  get changes(): readonly SealedChange[] {
    return this.last.all();
  }

  /** As `LastChanges.highest`. */
  get highest(): readonly SealedChange[] {
    return this.last.highest;
  }

  /** The last changes with the states that the database's heads have, where both are right. */
  async changesAsKept(manager: EntityManager, tenantId: string): Promise<readonly SealedChange[]> {
    const final = this.changes.filter(({ kind, state }) => isFinal(kind, state));
    const told = final.length === 0 ? [] : await selectHeads(manager, tenantId, final);
    const heads = new Map(told.map((head) => [recordKey(head), head]));
    return this.changes.map((change) => {
      const head = heads.get(recordKey(change));
      return head !== undefined && isNamed(head, change) ? { ...change, state: head.state } : change;
    });
  }

  /**
   * Compares what the database says of the heads.
   * @returns the first event that the heads have forgotten, or that a head names and that does not name it
   */
  async firstFault(
    manager: EntityManager,
    tenantId: string,
    { fromSeq, untilSeq, end }: VerifiedStretch,
  ): Promise<number | undefined> {
    const { changes } = this;
    const told = changes.length === 0 ? [] : await selectHeads(manager, tenantId, changes);
    const heads = new Map(told.map((head) => [recordKey(head), head]));
    const derived = await selectHeadsOf(manager, tenantId, fromSeq, untilSeq >= end ? null : untilSeq);
    return this.firstAmong((record) => heads.get(recordKey(record)), derived, end);
  }

  /** As `firstFault`, of the heads from which questions are answered. Changes since the verification are none of its business. */
  firstKnownFault(known: KnownHeads, { fromSeq, untilSeq, end }: VerifiedStretch): number | undefined {
    const derived = [...known.all()].filter(({ seq }) => seq >= fromSeq && seq <= untilSeq);
    return this.firstAmong((record) => known.get(record), derived, end);
  }

  private firstAmong(
    headOf: (record: RecordName) => RecordHead | undefined,
    derived: readonly RecordHead[],
    end: number,
  ): number | undefined {
    const forgotten = this.changes.filter((change) => !isKept(change, headOf(change)));
    const unnamed = derived.filter((head) => !isNamed(head, this.last.get(head)));
    const faults = [...forgotten, ...unnamed].map(({ seq }) => Math.max(1, Math.min(seq, end)));
    return faults.length === 0 ? undefined : Math.min(...faults);
  }
}
