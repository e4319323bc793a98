import { type ChainHead, recordIndexBytes } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, clockOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TrailGuard } from '../anchor/trail-guard.js';
import { type IndexPlace, indexReaches, isSamePlace, type ToldEnd } from '../end/sealed-ends.js';
import { type ToldSeal, type ToldTrail, toldTrail } from '../end/trail-end.sql.js';
import { MacSource } from '../mac/mac-source.js';
import type { ComputeMac } from '../mac/stored-mac.js';
import { IndexAlarm } from './index-alarm.js';
import { type KnownHeads, sumOf } from './known-heads.js';
import { older, ProvenHeads, placeOf, type Reading, unbound } from './proven-heads.js';
import { readIndex } from './read-index.js';
import { clearRecords, moveRecordHeads, type SealedChange, storeIndex } from './record-head.sql.js';
import type { RecordIndexRecord } from './record-index.entity.js';
import { changesAfter, type NamedChanges } from './sealed-change.js';

/** The proven end of a trail, and the last change of each record up to there. */
export interface ProvenChanges {
  readonly end: ChainHead;
  readonly changes: readonly SealedChange[];
  /** The change with the highest revision of each service's records. */
  readonly highest: readonly SealedChange[];
}

/** A batch of events, and the trail that it is sealed on top of. */
export interface IndexedBatch {
  readonly tenantId: string;
  readonly partition: string;
  /** The end of the trail before the batch. */
  readonly end: ToldEnd;
  /** The last event of the batch, which bears the seal. */
  readonly last: ToldEnd & { readonly macKeyId: string };
  /** When it is sealed, by the database's clock. */
  readonly sealingAt: Date;
  /** The events that name changes. */
  readonly changes: readonly NamedChanges[];
  readonly mac: ComputeMac;
}

/** The index after a batch, which the batch's seal binds. */
export interface FollowedIndex {
  /** Null: a seal of version 1 binds none. */
  readonly place: IndexPlace | null;
  /** To be called after the commit. */
  readonly committed: () => void;
}

/** Says which index of records belongs to the trail after a batch, and stores it in the transaction of the batch. */
export interface FollowIndex {
  follow(manager: EntityManager, batch: IndexedBatch): Promise<FollowedIndex>;
}

/** The last comparison of all heads, and until when it counts. */
interface Comparison {
  /** The heads that it found, until it has ended and they are in memory. */
  result: Promise<KnownHeads | undefined>;
  until: number;
}

/** The time for which a comparison of all heads counts, in milliseconds; longer if the comparison itself takes long. */
const freshMs = 60_000;
const mostShare = 50;
const capacity = 100_000;

/**
 * Keeps the index of each tenant's records. Questions about records are answered from the heads whose sum the index holds, and from
 * nothing else that the database says: whoever owns it answers each statement as they like. They cannot put one head back, because
 * the index would need a MAC that only the HSM makes. An older index with its own MAC is not the one that the seal at the trail's
 * end binds.
 */
@Injectable()
export class RecordIndexes implements FollowIndex {
  /** The acceptance of older trails that this process has taken over. */
  private accepted = 0;
  private readonly compared = new BoundedMap<string, Comparison>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly alarm: IndexAlarm,
    private readonly guard: TrailGuard,
    private readonly proven: ProvenHeads,
  ) {}

  /**
   * Brings the index up to date with the changes of a batch. The heads before are those that the index holds, not those that the
   * database tells. A batch without changes leaves the index as it is.
   * @throws AnkaError `service-unavailable` if the stored index is not authentic, or the seal at the trail's end is not;
   * `request-invalid` for a change that cannot follow; `clock-skew` for one that is far ahead of a clock that may be wrong
   */
  async follow(manager: EntityManager, batch: IndexedBatch): Promise<FollowedIndex> {
    this.takeOver();
    const { tenantId, end, last, changes, mac } = batch;
    const sealAtEnd = async (): Promise<ToldSeal | null> => (await toldTrail(manager, tenantId)).seal;
    const bound = await this.proven.boundAt(tenantId, end, sealAtEnd, mac);
    if (changes.length === 0 && bound !== null) return this.unchanged(batch, bound);
    const reading: Reading = async (known) => ({
      ...(await readIndex(manager, tenantId, { known, before: end.seq + 1 })),
      bound,
    });
    const before = await this.proven.load(tenantId, reading, mac, this.proven.of(tenantId));
    if (changes.length === 0) return this.unchanged(batch, placeOf(before));
    const after = changesAfter(changes, before, {
      // The trail may have been sealed ahead of the clock, and so is the batch then.
      now: Math.max(Date.now(), batch.sealingAt.getTime()),
      assertAgrees: () => clockOf(this.dataSource).assertAllAgreeNow(),
    });
    const moved = after.all();
    const from = before.seq;
    const index = await storeIndexOf(manager, batch, await before.sumWith(moved));
    await moveRecordHeads(manager, batch, { moved, highest: after.highest });
    const committed = (): void => {
      this.proven.bind(tenantId, last, index);
      if (before.seq === from) this.proven.take(tenantId, before, index, moved);
    };
    return { place: placeOf(index), committed };
  }

  private unchanged({ tenantId, last }: IndexedBatch, place: IndexPlace | null): FollowedIndex {
    return { place, committed: () => this.proven.bind(tenantId, last, place) };
  }

  /**
   * Leaves the index as the last seal binds it, whatever the database says of it. For an event without changes on a trail that stays
   * refused: nobody is answered from its index.
   */
  leaving(): FollowIndex {
    return {
      follow: async (manager, batch) => {
        const { tenantId, end, mac } = batch;
        const sealAtEnd = async (): Promise<ToldSeal | null> => (await toldTrail(manager, tenantId)).seal;
        return this.unchanged(batch, await this.proven.boundAt(tenantId, end, sealAtEnd, mac));
      },
    };
  }

  /**
   * Replaces the heads of a tenant by the last changes that its proven events name, whatever the database says of records. The batch
   * that is sealed next on top of the proof, which names no change, binds their index.
   */
  rebuilding(proof: ProvenChanges): FollowIndex {
    return { follow: (manager, batch) => this.rebuild(manager, batch, proof) };
  }

  private async rebuild(
    manager: EntityManager,
    batch: IndexedBatch,
    { end, changes, highest }: ProvenChanges,
  ): Promise<FollowedIndex> {
    const { tenantId, last } = batch;
    if (batch.end.seq !== end.seq || (end.seq > 0 && !batch.end.hash.equals(end.hash)))
      throw new AnkaError('service-unavailable', 'The trail has moved since it was verified. Repeat the call.');
    await clearRecords(manager, tenantId);
    await moveRecordHeads(manager, batch, { moved: changes, highest });
    const index = await storeIndexOf(manager, batch, await sumOf(changes));
    const { held, heads } = await readIndex(manager, tenantId, { known: undefined, before: last.seq });
    if (held === null || !isSamePlace(held, index) || !(await sumOf(heads)).equals(index.sum))
      throw this.alarm.raise(tenantId, 'it was not kept');
    const committed = (): void => {
      this.proven.drop(tenantId);
      this.proven.bind(tenantId, last, index);
    };
    return { place: placeOf(index), committed };
  }

  /** Forgets which indexes were seen: an operator has accepted older ones. */
  forget(): void {
    this.proven.forget();
    this.compared.clear();
  }

  /**
   * All heads of the context's tenant, as the trail stands now. Once a minute they are compared with all that the database says.
   * @throws AnkaError `service-unavailable` (retryable) if the trail or a head is not the one that was sealed, or no worker answers
   */
  async heads(context: Context): Promise<KnownHeads> {
    await this.guard.assertSound(context.tenantId);
    try {
      return await this.current(context);
    } catch (error) {
      // An operator may have accepted older trails meanwhile. Any process may have been asked.
      await this.guard.compare().catch(() => undefined);
      if (!this.takeOver()) throw error;
      return this.current(context);
    }
  }

  private async current(context: Context): Promise<KnownHeads> {
    this.takeOver();
    const { tenantId } = context;
    const compared = await this.compareEachMinute(context);
    // Taken before the database is asked: what is sealed meanwhile may be missing in its answer.
    const fits = this.proven.expected(tenantId);
    const told = await withTenant(this.dataSource, tenantId, (manager) => toldTrail(manager, tenantId));
    if (!fits(told)) throw this.alarm.raise(tenantId, 'the trail does not reach what was sealed');
    const bound = await this.boundBy(context, told);
    if (bound !== null && !isSamePlace(told.index, bound)) throw this.alarm.raise(tenantId, unbound);
    const heads = this.proven.of(tenantId) ?? compared;
    if (heads !== undefined && indexReaches(heads, told.index)) return heads;
    const read = await this.read(context, heads);
    if (!indexReaches(read, told.index)) throw this.alarm.raise(tenantId, older);
    return read;
  }

  /** The index that the seal at the told end binds. */
  private boundBy(context: Context, told: ToldTrail): Promise<IndexPlace | null> {
    return this.proven.boundBy(context, told, this.macs.under(context));
  }

  /** Reads what the index holds after `known`, or everything. The trail's end is read in the same snapshot. */
  private read(context: Context, known: KnownHeads | undefined): Promise<KnownHeads> {
    const { tenantId } = context;
    const reading: Reading = async (from) => {
      const range = { known: from, before: Number.MAX_SAFE_INTEGER };
      const [told, index] = await withTenant(
        this.dataSource,
        tenantId,
        async (manager) => [await toldTrail(manager, tenantId), await readIndex(manager, tenantId, range)] as const,
        'REPEATABLE READ',
      );
      return { ...index, bound: await this.boundBy(context, told) };
    };
    return this.proven.load(tenantId, reading, this.macs.under(context), known);
  }

  private compareEachMinute(context: Context): Promise<KnownHeads | undefined> {
    const { tenantId } = context;
    const last = this.compared.get(tenantId);
    if (last !== undefined && monotonicNow() < last.until) return last.result;
    const begun = monotonicNow();
    const entry: Comparison = { result: this.read(context, undefined), until: Number.POSITIVE_INFINITY };
    this.compared.set(tenantId, entry);
    entry.result.then(
      () => {
        entry.until = monotonicNow() + Math.max(freshMs, mostShare * (monotonicNow() - begun));
        entry.result = Promise.resolve(undefined);
      },
      () => this.compared.delete(tenantId),
    );
    return entry.result;
  }

  /** @returns whether an operator has accepted trails since */
  private takeOver(): boolean {
    const { accepted } = this.guard;
    if (accepted === this.accepted) return false;
    this.accepted = accepted;
    this.forget();
    return true;
  }
}

/** Makes and stores the index that the batch leaves behind. */
const storeIndexOf = async (
  manager: EntityManager,
  { tenantId, last: { seq, macKeyId }, mac }: IndexedBatch,
  sum: Buffer,
): Promise<RecordIndexRecord> => {
  const message = recordIndexBytes({ tenantId, seq, sum });
  const index = { tenantId, seq, sum, macKeyId, mac: await mac(macKeyId, message) };
  await storeIndex(manager, index);
  return index;
};
