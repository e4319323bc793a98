import { type ChainRow, type ChainStart, ChainVerification } from '@ankasecure/audit-event';
import { type Context, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { MacSource } from '../mac/mac-source.js';
import type { ComputeMac } from '../mac/stored-mac.js';
import { type ReadSlice, startAfter, type Walked, walkChain } from '../trail/chain-walk.js';
import { limitStatements, selectSlice } from '../trail/trail-rows.sql.js';
import { BoundIndexes } from './bound-index.js';
import { KnownPlaces } from './known-places.js';
import { isSameEnd, reaches, type SealedEnd, type SealedEnds, type ToldEnd } from './sealed-ends.js';
import type { ToldSeal } from './trail-end.sql.js';

/**
 * `proven`: the told end continues what this process knows of the trail, and its seal is genuine. `broken`: it does not continue it.
 * `unsealed`: its seal is not genuine. `pending`: the time did not suffice. The next proof goes on from there.
 */
export type Descent = 'proven' | 'broken' | 'unsealed' | 'pending';

/** How a proof reads the trail, and gets the MAC of the seal at its end. */
interface Means {
  readonly tenantId: string;
  readonly read: ReadSlice;
  readonly mayRead: () => boolean;
  readonly mac: ComputeMac;
  /** Whether the end is locked, to be sealed on. */
  readonly isLocked?: boolean;
  /** The seal at the end, if the database has told it already. */
  readonly seal?: ToldSeal | null | undefined;
}

/** A proof that was not finished. */
interface Unfinished {
  readonly from: ToldEnd;
  readonly at: ChainStart;
}

const capacity = 10_000;
/** The part of the caller's time that is kept for the answer, in milliseconds. */
const reserveMs = 500;

/** The time that is left to read a trail, in milliseconds. */
const leftMs = (deadline: number): number => Math.floor(deadline - reserveMs - monotonicNow());

/** Whether a proof with this deadline, a moment of `monotonicNow`, still reads. */
export const mayRead = (deadline: number): boolean => leftMs(deadline) > 0;

/**
 * Proves that a trail that the database tells continues the trail that this process knows: from the row that it has sealed or proved
 * last, or else from the one that the anchor in the token binds, along the hash chain to the told end, whose seal must be genuine.
 * Each row is read once. What the process has sealed itself is not read at all. Of a trail that no anchor binds and that this process
 * does not know, only the last row is read: its seal binds all rows before it.
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

  /** The anchored places as they are now. */
  get anchored(): KnownPlaces['allAnchored'] {
    return this.places.allAnchored;
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
    return this.prove({ tenantId, read, mayRead: () => slices-- > 0, mac, isLocked: true }, end);
  }

  /**
   * Proves an end of the context's tenant's trail in as many slices as the time allows.
   * @param seal the one at the end, if the database has told it already
   * @param dataSource the connections that the trail is read on
   * @throws the errors of `MacSource`
   */
  of(context: Context, end: ToldEnd, seal?: ToldSeal | null, dataSource = this.dataSource): Promise<Descent> {
    return this.prove({ ...this.meansOf(context, dataSource), seal }, end);
  }

  private meansOf(context: Context, dataSource: DataSource): Means {
    const { tenantId, deadline } = context;
    const read: ReadSlice = (start, untilSeq) =>
      withTenant(dataSource, tenantId, async (manager) => {
        await limitStatements(manager, leftMs(deadline));
        return selectSlice(manager, tenantId, start, untilSeq);
      });
    return { tenantId, read, mayRead: () => mayRead(deadline), mac: this.macs.under(context) };
  }

  private async prove(means: Means, end: ToldEnd): Promise<Descent> {
    const { tenantId } = means;
    for (;;) {
      const [known, anchored] = [this.ends.of(tenantId), this.places.anchoredAt(tenantId)];
      const from = known ?? anchored;
      if (from === undefined) {
        const standing = await this.proveUnknown(means, end);
        // Another end may have been learned meanwhile. This one must be compared with it.
        if (standing !== 'proven' || this.ends.of(tenantId) === undefined) return standing;
        continue;
      }
      if (!(means.isLocked === true ? this.places.maySealOn(tenantId) : this.places.isJoined(tenantId))) {
        const joined = await this.joinAnchored(means);
        if (joined !== 'proven') return joined;
        continue;
      }
      if (isSameEnd(from, end) || this.ends.has(tenantId, end)) return 'proven';
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

  /**
   * Proves that the end known here continues the anchored place: another process may have sealed that on another branch. Both places
   * are known, so the database cannot lengthen the way between them.
   */
  private async joinAnchored(means: Means): Promise<Walked['standing']> {
    const { tenantId } = means;
    const [anchored, end] = [this.places.anchoredAt(tenantId), this.ends.of(tenantId)];
    if (anchored === undefined || end === undefined) return 'proven';
    if (anchored.seq === end.seq) return 'broken';
    const { standing } = await this.walk(means, anchored, end);
    if (standing === 'proven') this.places.join(tenantId, anchored);
    return standing;
  }

  /** Proves and learns the end of a trail of which nothing is known. An empty trail needs no seal. */
  private async proveUnknown(means: Means, end: ToldEnd): Promise<Descent> {
    const { tenantId, read, mac, seal } = means;
    if (end.seq === 0) return 'proven';
    const isBound = this.bound.of(tenantId, end) !== undefined;
    if (!isBound && seal !== undefined && (seal === null || !(await this.bound.prove(tenantId, end, seal, mac))))
      return 'unsealed';
    if (!this.ends.isKept && (isBound || seal !== undefined)) return 'proven';
    if (!means.mayRead()) return 'pending';
    const [row] = await read({ seq: end.seq, sealedAt: 0, previousHash: Buffer.of() }, end.seq);
    if (row === undefined || !isLastRow(tenantId, row, end) || !(await this.isSealed(means, row))) return 'unsealed';
    this.ends.learn(tenantId, endOf(row), undefined);
    return 'proven';
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

/** Whether the row at an end has the hash that it is told with, and that of its content. */
export const isLastRow = (tenantId: string, row: ChainRow, { seq, hash }: ToldEnd): boolean =>
  new ChainVerification(tenantId, { seq, previousHash: row.previousHash, sealedAt: 0 }).feed(row) === undefined &&
  hash.equals(row.hash);

const endOf = ({ seq, hash, sealedAt }: Pick<ChainRow, 'seq' | 'hash' | 'sealedAt'>): SealedEnd => ({
  seq,
  hash: Buffer.from(hash),
  sealedAt: new Date(sealedAt / 1000),
});
