import { recordIndexBytes } from '@ankasecure/audit-event';
import { AnkaError, type Context, type RecordHead } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { type IndexPlace, isSamePlace, noIndex, type ToldEnd, type ToldPlace } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import type { ToldSeal, ToldTrail } from '../end/trail-end.sql.js';
import { type ComputeMac, isGenuine, type StoredMac } from '../mac/stored-mac.js';
import { HeadMemory } from './head-memory.js';
import { IndexAlarm } from './index-alarm.js';
import { KnownHeads } from './known-heads.js';
import type { ReadIndex } from './read-index.js';
import type { RecordIndexRecord } from './record-index.entity.js';
import { impossible } from './told-heads.js';

/** An index as one snapshot of the database tells it, and the place that the seal at the trail's end binds. */
export interface BoundReading extends ReadIndex {
  /** Null if the end has a seal of version 1. */
  readonly bound: IndexPlace | null;
}

/** The tenant's key did not make the last seal of the trail. */
export class UnprovenEnd extends AnkaError {}

/** Reads what has changed since the known heads, or everything. */
export type Reading = (known: KnownHeads | undefined) => Promise<BoundReading>;

export const older = 'it is older than before';
export const unbound = 'it is not the one that the last seal of the trail binds';
const broken = 'the trail does not continue what was sealed';
const unfinished =
  'The trail is being compared with what was sealed before. It has grown a lot since then. Repeat the request.';
/** Heads of all tenants in memory; some 300 bytes each. */
const mostHeads = 200_000;

/**
 * Takes heads over that the database tells, if the tenant's key made the MAC of their index, and the seal at the trail's end binds that
 * index. Who has made the seal knows the index; any other process proves the seal first.
 */
@Injectable()
export class ProvenHeads {
  private readonly memory = new HeadMemory(mostHeads);

  constructor(
    private readonly alarm: IndexAlarm,
    private readonly places: KnownPlaces,
    private readonly bound: BoundIndexes,
    private readonly descent: TrailDescent,
  ) {}

  of(tenantId: string): KnownHeads | undefined {
    return this.memory.get(tenantId);
  }

  /**
   * Finds the index that belongs to the end of a trail, without the database if this process knows it.
   * @returns null if the end has a seal of version 1
   * @throws UnprovenEnd `service-unavailable` if the seal at the end is not genuine
   */
  async boundAt(
    tenantId: string,
    end: ToldEnd | null,
    sealAt: () => Promise<ToldSeal | null>,
    mac: ComputeMac,
  ): Promise<IndexPlace | null> {
    const known = this.bound.of(tenantId, end);
    if (known !== undefined) return known.index;
    const seal = await sealAt();
    const proven = end && seal && (await this.bound.prove(tenantId, end, seal, mac));
    if (proven) return proven.index;
    const { detail } = this.alarm.raise(tenantId, 'the last seal of the trail is not genuine');
    throw new UnprovenEnd('service-unavailable', detail);
  }

  /** As `KnownPlaces.expected`. */
  expected(tenantId: string): (told: ToldPlace) => boolean {
    return this.places.expected(tenantId);
  }

  /**
   * Finds the index that belongs to a told end of the context's tenant's trail, once it is proved that the end continues the trail.
   * @returns null if the end has a seal of version 1
   * @throws AnkaError `service-unavailable` if it does not, or the proof goes on; as `boundAt`
   */
  async boundBy(context: Context, { end, seal }: ToldTrail, mac: ComputeMac): Promise<IndexPlace | null> {
    const { tenantId } = context;
    const descent = end === null ? 'proven' : await this.descent.of(context, end, seal);
    if (descent === 'broken') throw this.alarm.raise(tenantId, broken);
    if (descent === 'pending') throw new AnkaError('service-unavailable', unfinished);
    return this.boundAt(tenantId, end, async () => seal, mac);
  }

  /**
   * The heads that the stored index holds: those that are known with what has changed since, or all that the database says.
   * @throws AnkaError `service-unavailable` if the index is not authentic, or not the one that belongs to the trail
   */
  async load(tenantId: string, reading: Reading, mac: ComputeMac, known: KnownHeads | undefined): Promise<KnownHeads> {
    const fits = this.places.expectedIndex(tenantId);
    const told = await reading(known);
    const fault = impossible(tenantId, told);
    if (fault !== undefined) throw this.alarm.raise(tenantId, fault);
    if (told.bound !== null && !isSamePlace(placeOf(told.held), told.bound)) throw this.alarm.raise(tenantId, unbound);
    const heads = await this.verified(tenantId, told, mac);
    if (heads === undefined) return this.load(tenantId, reading, mac, undefined);
    if (!fits(heads)) throw this.alarm.raise(tenantId, older);
    return heads;
  }

  /** Remembers which index belongs to the end that this process has sealed. */
  bind(tenantId: string, end: ToldEnd, index: IndexPlace | null): void {
    this.bound.learn(tenantId, end, index);
    if (index?.seq === end.seq) this.places.ends.learnIndex(tenantId, index);
  }

  /** Takes heads over that belong to a genuine index. */
  take(
    tenantId: string,
    base: KnownHeads,
    index: Pick<RecordIndexRecord, 'seq' | 'sum' | 'mac'>,
    heads: readonly RecordHead[],
  ): void {
    base.advance(index, heads);
    // A state that was read before another change does not replace the newer one.
    if ((this.memory.get(tenantId)?.seq ?? 0) <= base.seq) this.memory.set(tenantId, base);
  }

  /** Forgets a tenant's heads: they were derived anew. */
  drop(tenantId: string): void {
    this.memory.delete(tenantId);
  }

  forget(): void {
    this.places.ends.forgetIndexes();
    this.bound.forget();
    this.memory.clear();
  }

  /** @returns undefined if what has changed does not explain the index: then everything must be read */
  private async verified(tenantId: string, read: ReadIndex, mac: ComputeMac): Promise<KnownHeads | undefined> {
    const { held, heads, from, isDeleted } = read;
    if (isDeleted) throw this.alarm.raise(tenantId, 'it was deleted');
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
    if (known?.isAt(held) !== true && !(await isGenuine(mac, claimOf(held))))
      throw this.alarm.raise(tenantId, 'its MAC is not genuine');
    if (base.seq !== seq) return base.seq >= held.seq ? base : undefined;
    this.take(tenantId, base, held, heads);
    this.places.ends.learnIndex(tenantId, held);
    return base;
  }
}

const claimOf = (held: RecordIndexRecord): StoredMac => ({
  macKeyId: held.macKeyId,
  message: recordIndexBytes(held),
  mac: held.mac,
});

/** The place of a stored index. One over no change at all counts as none. */
export const placeOf = (held: IndexPlace | null): IndexPlace =>
  held === null || held.seq === 0 ? noIndex : { seq: held.seq, mac: held.mac };
