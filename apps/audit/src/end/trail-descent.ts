import type { ChainRow, ChainStart } from '@ankasecure/audit-event';
import { type Context, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { MacSource } from '../mac/mac-source.js';
import type { ComputeMac } from '../mac/stored-mac.js';
import { type ReadSlice, startAfter, type Walked, walkChain } from '../trail/chain-walk.js';
import { selectSlice } from '../trail/trail-rows.sql.js';
import { BoundIndexes } from './bound-index.js';
import { KnownPlaces } from './known-places.js';
import { isSameEnd, reaches, type SealedEnd, type SealedEnds, type ToldEnd } from './sealed-ends.js';

/**
 * `proven`: the told end continues what this process knows of the trail. `broken`: it does not. `unsealed`: it does, and the seal on
 * it is not genuine. `pending`: the time did not suffice. The next proof goes on from there.
 */
export type Descent = 'proven' | 'broken' | 'unsealed' | 'pending';

/** How a proof reads the trail, and gets the MAC of the seal at its end. */
interface Means {
  readonly tenantId: string;
  readonly read: ReadSlice;
  readonly mayRead: () => boolean;
  readonly mac: ComputeMac;
}

/** A proof that was not finished. */
interface Unfinished {
  readonly from: ToldEnd;
  readonly at: ChainStart;
}

const capacity = 10_000;
/** The part of the caller's time that is kept for the answer, in milliseconds. */
const reserveMs = 500;

/**
 * Proves that a trail that the database tells continues the trail that this process knows: from the row that it has sealed or proved
 * last, or else from the one that the anchor in the token binds, along the hash chain to the told end, whose seal must be genuine.
 * Each row is read once. What the process has sealed itself is not read at all.
 *
 * An owner of the database who keeps copies of batches and lets their commits fail has a branch of the trail with genuine seals.
 * The audit service lengthens it if it is shown. Only the rows on the way to its end show that it leaves one out.
 */
@Injectable()
export class TrailDescent {
  private readonly unfinished = new BoundedMap<string, Unfinished>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly places: KnownPlaces,
    private readonly bound: BoundIndexes,
  ) {}

  get ends(): SealedEnds {
    return this.places.ends;
  }

  /**
   * Proves the locked end of a trail, in the transaction that holds the lock: by one slice. What is anchored was committed before,
   * so the locked end reaches it.
   * @returns `broken` also if the end is an earlier one
   */
  async ofLocked(manager: EntityManager, tenantId: string, end: ToldEnd, mac: ComputeMac): Promise<Descent> {
    const places = [this.ends.of(tenantId), this.places.anchoredAt(tenantId)];
    if (places.some((place) => place !== undefined && !reaches(end, place))) return 'broken';
    let slices = 1;
    const read: ReadSlice = (start, untilSeq) => selectSlice(manager, tenantId, start, untilSeq);
    return this.prove({ tenantId, read, mayRead: () => slices-- > 0, mac }, end);
  }

  /** Proves an end of the context's tenant's trail in as many slices as the time allows. @throws the errors of `MacSource` */
  of(context: Context, end: ToldEnd): Promise<Descent> {
    return this.prove(this.meansOf(context), end);
  }

  /** Proves that the end known here continues the anchored place, wherever that came from. */
  async ofAnchored(context: Context): Promise<Descent> {
    const { tenantId } = context;
    const [anchored, end] = [this.places.anchoredAt(tenantId), this.ends.of(tenantId)];
    if (anchored === undefined || end === undefined || this.places.isJoined(tenantId)) return 'proven';
    if (anchored.seq === end.seq) return 'broken';
    const { standing } = await this.walk(this.meansOf(context), anchored, end);
    if (standing === 'proven') this.places.join(tenantId, anchored);
    return standing;
  }

  private meansOf(context: Context): Means {
    const { tenantId, deadline } = context;
    const read: ReadSlice = (start, untilSeq) =>
      withTenant(this.dataSource, tenantId, (manager) => selectSlice(manager, tenantId, start, untilSeq));
    const mayRead = (): boolean => monotonicNow() < deadline - reserveMs;
    return { tenantId, read, mayRead, mac: this.macs.under(context) };
  }

  private async prove(means: Means, end: ToldEnd): Promise<Descent> {
    const { tenantId } = means;
    for (;;) {
      const [known, anchored] = [this.ends.of(tenantId), this.places.anchoredAt(tenantId)];
      const from = known ?? anchored;
      if (from === undefined || isSameEnd(from, end) || this.ends.has(tenantId, end)) return 'proven';
      if (end.seq === from.seq) return 'broken';
      // A reader may have been told the end before the last.
      if (end.seq < from.seq) return known === undefined ? 'broken' : (await this.walk(means, end, known)).standing;
      const isBetween = known !== undefined && anchored !== undefined && !reaches(known, anchored);
      const to = isBetween && reaches(end, anchored) ? anchored : end;
      const walked = await this.walk(means, from, to);
      if (walked.standing !== 'proven') return walked.standing;
      if (!(to === anchored || (await this.isSealed(means, walked.last)))) return 'unsealed';
      this.ends.learn(tenantId, endOf(walked.last), known);
      if (anchored !== undefined && (to === anchored || from === anchored)) this.places.join(tenantId, anchored);
    }
  }

  private async walk(means: Means, from: ToldEnd | SealedEnd, to: ToldEnd): Promise<Walked> {
    const { tenantId, read, mayRead } = means;
    const left = this.unfinished.get(tenantId);
    const isLeft = left !== undefined && isSameEnd(left.from, from) && left.at.seq <= to.seq;
    const start = isLeft ? left.at : startAfter(from, 'sealedAt' in from ? from.sealedAt : undefined);
    const walked = await walkChain(tenantId, start, to, read, mayRead);
    if (walked.standing === 'pending') this.unfinished.set(tenantId, { from, at: walked.at });
    else this.unfinished.delete(tenantId);
    // The database may have lied about the part that an earlier proof has read.
    return walked.standing === 'broken' && isLeft ? this.walk(means, from, to) : walked;
  }

  private async isSealed({ tenantId, mac }: Means, { chainSeal, macKeyId, ...row }: ChainRow): Promise<boolean> {
    const end = endOf(row);
    if (this.bound.of(tenantId, end) !== undefined) return true;
    return chainSeal !== null && (await this.bound.prove(tenantId, end, { macKeyId, chainSeal }, mac)) !== undefined;
  }
}

const endOf = ({ seq, hash, sealedAt }: Pick<ChainRow, 'seq' | 'hash' | 'sealedAt'>): SealedEnd => ({
  seq,
  hash: Buffer.from(hash),
  sealedAt: new Date(sealedAt / 1000),
});
