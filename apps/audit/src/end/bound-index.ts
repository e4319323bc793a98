import { sealedBytesOf } from '@ankasecure/audit-event';
import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type ComputeMac, isGenuine } from '../mac/stored-mac.js';
import { type IndexPlace, noIndex, type ToldEnd } from './sealed-ends.js';
import type { ToldSeal } from './trail-end.sql.js';

/** The index of records that the seal at a trail's end binds. Null: a seal of version 1, which binds none. */
export interface Bound {
  readonly index: IndexPlace | null;
}

interface BoundEnd extends ToldEnd, Bound {}

const capacity = 100_000;
/** Ends of one trail that are remembered: a reader may see the one before the last. */
const endsOfTrail = 3;

/**
 * Knows which index of records belongs to the end of a trail, because this process has made the seal at the end, or has proved it.
 * That stays true whatever becomes of the database.
 */
@Injectable()
export class BoundIndexes {
  private readonly trails = new BoundedMap<string, readonly BoundEnd[]>(capacity);

  /** Finds the end among those that are known. An empty trail has no index. */
  of(tenantId: string, end: ToldEnd | null): Bound | undefined {
    if (end === null || end.seq === 0) return { index: noIndex };
    return this.trails.get(tenantId)?.find(({ seq, hash }) => seq === end.seq && hash.equals(end.hash));
  }

  learn(tenantId: string, { seq, hash }: ToldEnd, index: IndexPlace | null): Bound {
    const bound = { seq, hash, index };
    this.trails.set(tenantId, [bound, ...(this.trails.get(tenantId) ?? [])].slice(0, endsOfTrail));
    return bound;
  }

  /** Proves the seal at an end by one MAC. @returns undefined if the tenant's key did not make it for this end */
  async prove(
    tenantId: string,
    end: ToldEnd,
    { macKeyId, chainSeal }: ToldSeal,
    compute: ComputeMac,
  ): Promise<Bound | undefined> {
    const message = sealedBytesOf({ tenantId, seq: end.seq, hash: end.hash, chainSeal });
    if (message === undefined || !(await isGenuine(compute, { macKeyId, message, mac: chainSeal.mac })))
      return undefined;
    const { index } = chainSeal;
    return this.learn(tenantId, end, index && { seq: index.seq, mac: Buffer.from(index.mac) });
  }

  forget(): void {
    this.trails.clear();
  }
}
