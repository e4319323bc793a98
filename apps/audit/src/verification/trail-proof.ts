import { type ChainHead, type ChainRow, ChainVerification, Coverage, type TrailFault } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { checkMacs } from '../mac/check-macs.js';
import type { MacSource } from '../mac/mac-source.js';
import { findExactRow } from '../trail/exact-row.sql.js';
import { TrailHead } from '../trail/trail-head.entity.js';
import { selectSlice } from '../trail/trail-rows.sql.js';

/** A row of the trail, and when it was sealed, in microseconds since the epoch. */
export interface ProvenRow extends ChainHead {
  readonly sealedAt: number;
}

/** The stretch of a trail to prove. Without `untilSeq`, it ends with the trail. */
export interface Stretch {
  readonly fromSeq: number;
  readonly untilSeq: number | undefined;
  /** The row before the stretch, if it was proved. Otherwise the database tells it. */
  readonly before?: ProvenRow | undefined;
}

export interface Proof {
  /** The trail's head, in the snapshot of the proof. */
  readonly head: ChainHead;
  readonly untilSeq: number;
  /** The row that the stretch follows; undefined if it begins with the trail, or there is none. */
  readonly before: ProvenRow | undefined;
  /** The number of rows that seals vouch for, from the start of the stretch. */
  readonly checked: number;
  readonly fault: TrailFault | undefined;
  /** The first row of the stretch that was sealed before an earlier one. The rows after it were proved all the same. */
  readonly timeFault: TrailFault | undefined;
}

/** The part of the caller's time that is kept for the answer, in milliseconds. */
const reserveMs = 500;

/** Proves a stretch of the context's tenant's trail in the manager's snapshot: chain, gaps, MACs, seals and head. */
export class TrailProof {
  private readonly coverage: Coverage;
  private lastProven: ProvenRow | undefined;
  /** Rows that name changes, since the last seal, and the row that bears the next one. */
  private readonly unproven: ChainRow[] = [];

  /** @param onProven takes each row that names a change of a record or bears a seal, once a seal vouches for it, in order */
  constructor(
    private readonly manager: EntityManager,
    private readonly macs: MacSource,
    private readonly context: Context,
    private readonly stretch: Stretch,
    private readonly onProven: (row: ChainRow) => void = () => undefined,
  ) {
    this.coverage = new Coverage(stretch.fromSeq);
  }

  /** The last row that a seal vouches for, also if the proof did not end. */
  get proven(): ProvenRow | undefined {
    return this.lastProven;
  }

  /** @throws AnkaError `deadline-exceeded` with the last seq that was checked; the errors of `MacSource` */
  async run(): Promise<Proof> {
    const { fromSeq } = this.stretch;
    const head = await this.head();
    const untilSeq = this.stretch.untilSeq ?? head.seq;
    const before = await this.before();
    const chain = this.chainAfter(before);
    const fault =
      before === undefined && fromSeq > 1 ? this.nothingBefore(head) : this.inRange(await this.walk(chain, head));
    const timeFault = (chain.timeFault?.seq ?? Number.POSITIVE_INFINITY) <= untilSeq ? chain.timeFault : undefined;
    const checked = Math.max(0, Math.min(this.coverage.covered, untilSeq) - (fromSeq - 1));
    return { head, untilSeq, before, checked, fault, timeFault };
  }

  private async head(): Promise<ChainHead> {
    const head = await this.manager.findOneBy(TrailHead, { tenantId: this.context.tenantId });
    return head ?? { seq: 0, hash: Buffer.of() };
  }

  private async before(): Promise<ProvenRow | undefined> {
    const { fromSeq, before } = this.stretch;
    if (before !== undefined || fromSeq === 1) return before;
    return findExactRow(this.manager, this.context.tenantId, fromSeq - 1);
  }

  private chainAfter(before: ProvenRow | undefined): ChainVerification {
    const { tenantId } = this.context;
    if (before === undefined) return new ChainVerification(tenantId);
    const { seq, hash: previousHash, sealedAt } = before;
    return new ChainVerification(tenantId, { seq: seq + 1, previousHash, sealedAt });
  }

  private nothingBefore(head: ChainHead): TrailFault {
    const before = this.stretch.fromSeq - 1;
    return before > head.seq ? { seq: head.seq + 1, reason: 'tail-missing' } : { seq: before, reason: 'missing' };
  }

  /** A fault after the stretch, before the next seal, is not a fault of its rows. It leaves them without a seal. */
  private inRange(fault: TrailFault | undefined): TrailFault | undefined {
    const { untilSeq } = this.stretch;
    if (fault === undefined || untilSeq === undefined || fault.seq <= untilSeq) return fault;
    return this.coverage.finish(untilSeq) ?? fault;
  }

  private async walk(chain: ChainVerification, head: ChainHead): Promise<TrailFault | undefined> {
    // Only the seal of a batch says where the batch ends, so there is no upper bound.
    for (let seq = this.stretch.fromSeq; ; ) {
      const start = { seq, sealedAt: 0 };
      const rows = await selectSlice(this.manager, this.context.tenantId, start, Number.MAX_SAFE_INTEGER);
      const fault = await this.take(chain, rows);
      if (fault !== undefined) return fault;
      seq = (rows.at(-1)?.seq ?? seq) + 1;
      if (rows.length === 0 || this.coverage.covered >= (this.stretch.untilSeq ?? Number.POSITIVE_INFINITY))
        return this.end(chain, head);
      if (monotonicNow() > this.context.deadline - reserveMs)
        throw new AnkaError(
          'deadline-exceeded',
          `Verified up to event ${this.coverage.covered}. Verify the rest from there, in smaller ranges.`,
        );
    }
  }

  /** Takes rows up to the first fault, or to the first seal after the stretch. */
  private async take(chain: ChainVerification, rows: readonly ChainRow[]): Promise<TrailFault | undefined> {
    const { untilSeq } = this.stretch;
    const sound: ChainRow[] = [];
    for (const row of rows) {
      if (chain.feed(row) !== undefined) break;
      sound.push(row);
      if (untilSeq !== undefined && row.seq >= untilSeq && row.chainSeal !== null) break;
    }
    const holds = await checkMacs(this.macs, this.context, sound);
    for (const [index, row] of sound.entries()) {
      const fault = this.coverage.feed(row, holds[index] ?? { hmac: false, chainSeal: false });
      if (fault !== undefined) return fault;
      if (row.chainSeal !== null || row.details.includes('"record.')) this.unproven.push(row);
      if (this.coverage.covered !== row.seq) continue;
      this.lastProven = { seq: row.seq, hash: row.hash, sealedAt: row.sealedAt };
      for (const proven of this.unproven.splice(0)) this.onProven(proven);
    }
    return chain.fault;
  }

  /** Ends the proof when no more rows need to be read. */
  private end(chain: ChainVerification, head: ChainHead): TrailFault | undefined {
    const { untilSeq = head.seq } = this.stretch;
    if (untilSeq >= head.seq)
      return chain.finish(head) ?? this.coverage.finish(head.seq) ?? chain.finish({ seq: untilSeq, hash: head.hash });
    return chain.verified < untilSeq ? { seq: chain.verified + 1, reason: 'missing' } : this.coverage.finish(untilSeq);
  }
}
