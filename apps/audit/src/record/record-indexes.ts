import { emptyMultiset, recordIndexBytes } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow, type RecordHead } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type IndexPlace, indexReaches, SealedEnds } from '../anchor/sealed-ends.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { MacSource } from '../mac/mac-source.js';
import { HeadMemory } from './head-memory.js';
import { IndexAlarm } from './index-alarm.js';
import { KnownHeads, sumOf } from './known-heads.js';
import { type ReadIndex, type ReadRange, readIndex } from './read-index.js';
import {
  advanceRecordHeads,
  clearRecords,
  type SealedChange,
  storeIndex,
  toldPlace,
  trailEnd,
} from './record-head.sql.js';
import type { RecordIndexRecord } from './record-index.entity.js';
import { assertMayFollow } from './sealed-change.js';
import { impossible } from './told-heads.js';

type Mac = (macKeyId: string, message: Buffer) => Promise<Buffer>;

/** The events that change an index, and their tenant's MACs. */
export interface IndexChange {
  readonly tenantId: string;
  readonly changes: readonly SealedChange[];
  /** The first event of the batch. */
  readonly fromSeq: number;
  /** The last one, and the MAC key of its seal. */
  readonly seq: number;
  readonly macKeyId: string;
  readonly mac: Mac;
}

/** Runs a read in one snapshot. */
type Run = (read: (manager: EntityManager) => Promise<ReadIndex>) => Promise<ReadIndex>;

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
const older = 'it is older than before';
/** Heads of all tenants in memory; some 300 bytes each. */
const mostHeads = 200_000;

/**
 * Keeps the index of each tenant's records. Questions about records are answered from the heads whose sum the index holds, and from
 * nothing else that the database says: whoever owns it answers each statement as they like. They cannot put one head back, because
 * the index would need a MAC that only the HSM makes. An older index with its own MAC is one that this process knows a newer one of,
 * or that the anchor in the token does.
 */
@Injectable()
export class RecordIndexes {
  /** The acceptance of older trails that this process has taken over. */
  private accepted = 0;
  private readonly memory = new HeadMemory(mostHeads);
  private readonly compared = new BoundedMap<string, Comparison>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly alarm: IndexAlarm,
    private readonly guard: TrailGuard,
    private readonly ends: SealedEnds,
  ) {}

  /**
   * Brings the index up to date with the changes of a batch, in its transaction, before the heads move. The heads before are those
   * that the index holds, not those that the database tells.
   * @returns a function to call after the commit
   * @throws AnkaError `service-unavailable` if the stored index is not authentic; `request-invalid` for a change that cannot follow
   */
  async change(
    manager: EntityManager,
    { tenantId, changes, fromSeq, seq, macKeyId, mac }: IndexChange,
  ): Promise<() => void> {
    this.takeOver();
    const fits = this.guard.expectedIndex(tenantId);
    const range = { known: this.memory.get(tenantId), before: fromSeq };
    const before = await this.load(tenantId, (read) => read(manager), mac, range);
    if (!fits(before)) throw this.alarm.raise(tenantId, older);
    const moved = changes.filter((change) => {
      const old = before.get(change);
      assertMayFollow(old, change);
      return old === undefined || old.revision < change.revision;
    });
    const from = before.seq;
    const sum = await before.sumWith(moved);
    const index = { tenantId, seq, sum, macKeyId, mac: await mac(macKeyId, recordIndexBytes({ tenantId, seq, sum })) };
    await storeIndex(manager, index);
    return () => {
      this.ends.learnIndex(tenantId, index);
      if (before.seq === from) this.take(tenantId, before, index, moved);
    };
  }

  /**
   * Replaces the heads of the context's tenant by the last changes that its proven events name, and seals their index. Nothing
   * that the database says of records counts.
   * @param seq the last proven event
   * @returns the place of the index, to be anchored
   * @throws AnkaError `service-unavailable` (retryable) if the trail has moved since the proof, or the database does not keep the index
   */
  async rebuild(context: Context, seq: number, changes: readonly SealedChange[]): Promise<IndexPlace> {
    const { tenantId } = context;
    const [key] = await this.macs.compute(context, null, [emptyMultiset()]);
    if (key === undefined) throw new Error('fewer MACs than messages');
    const { macKeyId } = key;
    const sum = await sumOf(changes);
    const mac = await this.macs.computeOne(context, macKeyId, recordIndexBytes({ tenantId, seq, sum }));
    const partition = this.macs.partitionOf(tenantId);
    await withTenant(this.dataSource, tenantId, async (manager) => {
      if ((await trailEnd(manager, tenantId)) !== seq)
        throw new AnkaError('service-unavailable', 'The trail has moved since it was verified. Repeat the call.');
      await clearRecords(manager, tenantId);
      await advanceRecordHeads(manager, tenantId, partition, changes);
      await storeIndex(manager, { tenantId, seq, sum, macKeyId, mac });
      const { held, heads } = await readIndex(manager, tenantId, { known: undefined, before: seq + 1 });
      if (held?.seq !== seq || !held.mac.equals(mac) || !(await sumOf(heads)).equals(sum))
        throw this.alarm.raise(tenantId, 'it was not kept');
    });
    this.memory.delete(tenantId);
    return { seq, mac };
  }

  /** Forgets which indexes were seen: an operator has accepted older ones. */
  forget(): void {
    this.ends.forgetIndexes();
    this.memory.clear();
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
    const fits = this.guard.expected(tenantId);
    const told = await withTenant(this.dataSource, tenantId, (manager) => toldPlace(manager, tenantId));
    if (!fits(told)) throw this.alarm.raise(tenantId, 'the trail does not reach what was sealed');
    const heads = this.memory.get(tenantId) ?? compared;
    if (heads !== undefined && indexReaches(heads, told.index)) return heads;
    const read = await this.read(context, heads);
    if (!indexReaches(read, told.index)) throw this.alarm.raise(tenantId, older);
    return read;
  }

  /** Reads what the index holds after `known`, or everything. */
  private async read(context: Context, known: KnownHeads | undefined): Promise<KnownHeads> {
    const { tenantId } = context;
    const fits = this.guard.expectedIndex(tenantId);
    const run: Run = (read) => withTenant(this.dataSource, tenantId, read, 'REPEATABLE READ');
    const mac: Mac = (macKeyId, message) => this.macs.computeOne(context, macKeyId, message);
    const heads = await this.load(tenantId, run, mac, { known, before: Number.MAX_SAFE_INTEGER });
    if (!fits(heads)) throw this.alarm.raise(tenantId, older);
    return heads;
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

  /** The heads that the stored index holds: those that are known with what has changed since, or all that the database says. */
  private async load(tenantId: string, run: Run, mac: Mac, range: ReadRange): Promise<KnownHeads> {
    const read = await run((manager) => readIndex(manager, tenantId, range));
    return (await this.verified(tenantId, read, mac)) ?? this.load(tenantId, run, mac, { ...range, known: undefined });
  }

  /** @returns undefined if what has changed does not explain the index: then everything must be read */
  private async verified(tenantId: string, read: ReadIndex, mac: Mac): Promise<KnownHeads | undefined> {
    const { held, heads, from, isDeleted } = read;
    if (isDeleted) throw this.alarm.raise(tenantId, 'it was deleted');
    const fault = impossible(tenantId, read);
    if (fault !== undefined) throw this.alarm.raise(tenantId, fault);
    const base = from ?? new KnownHeads();
    if (held === null && heads.length === 0) return base;
    if (held !== null && from?.mac.equals(held.mac) === true) return from;
    const { seq } = base;
    const sum = await base.sumWith(heads);
    if (held === null || !sum.equals(held.sum)) {
      if (from !== undefined) return undefined;
      throw this.alarm.raise(tenantId, 'the heads of its records were changed');
    }
    const known = from ?? this.memory.get(tenantId);
    if (known?.precede(heads, held.seq, from === undefined) === false)
      throw this.alarm.raise(tenantId, 'it takes back what this process knows');
    if (known?.isAt(held) !== true && !(await mac(held.macKeyId, recordIndexBytes(held))).equals(held.mac))
      throw this.alarm.raise(tenantId, 'its MAC is not genuine');
    if (base.seq !== seq) return base.seq >= held.seq ? base : undefined;
    this.take(tenantId, base, held, heads);
    this.ends.learnIndex(tenantId, held);
    return base;
  }

  private take(
    tenantId: string,
    base: KnownHeads,
    index: Pick<RecordIndexRecord, 'seq' | 'sum' | 'mac'>,
    heads: readonly RecordHead[],
  ): void {
    base.advance(index, heads);
    // A state that was read before another change does not replace the newer one.
    if ((this.memory.get(tenantId)?.seq ?? 0) <= base.seq) this.memory.set(tenantId, base);
  }
}
