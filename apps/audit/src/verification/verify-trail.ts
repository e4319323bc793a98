import { type ChainHead, type ChainRow, ChainVerification, Coverage, type TrailFault } from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow, type verifyTrail } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { MacSource } from '../mac/mac-source.js';
import { HeadVerification } from '../record/head-verification.js';
import { fetchRows, findExactRow, openTrail } from '../trail/exact-row.sql.js';
import { TrailHead } from '../trail/trail-head.entity.js';
import { TrailReader } from '../trail/trail-reader.js';
import { checkMacs } from './check-macs.js';

type Range = z.infer<typeof verifyTrail.request>;
type Verification = z.infer<typeof verifyTrail.reply>;

type Fault = TrailFault | { readonly seq: number; readonly reason: 'record-forgotten' };

const chunkRows = 1000;
/** The part of the caller's time that is kept for the answer, in milliseconds. */
const reserveMs = 500;

/** Proves a stretch of a tenant's trail, or names the first sequence number whose proof fails. */
@Injectable()
export class VerifyTrail {
  constructor(
    private readonly reader: TrailReader,
    private readonly macs: MacSource,
  ) {}

  /**
   * Reads the rows in one snapshot and recomputes everything from their columns: canonical bytes, leaf hashes, chain, gaps,
   * MACs, chain seals and, where the range reaches the end, the trail's head. Where the range ends inside a batch, the
   * verification continues to that batch's seal, since only the seal vouches for the order and details of its rows. A range
   * beyond the head is `tail-missing`.
   *
   * A row with a fault of its own is named itself. Sound rows without a valid seal are `unsealed`, from the first after the
   * last valid seal on. `checked` counts the rows that seals vouch for.
   * @throws AnkaError `deadline-exceeded` with the last seq that was checked; `service-unavailable` when no worker is there for the MACs, or too many verifications run
   */
  async verify(context: Context, { fromSeq = 1, untilSeq }: Range): Promise<Verification> {
    if (untilSeq !== undefined && untilSeq < fromSeq)
      throw new AnkaError('request-invalid', 'untilSeq: must be at least fromSeq');
    return this.reader.read('verification', context.tenantId, (manager) =>
      new Verifier(manager, this.macs, context, fromSeq, untilSeq).run(),
    );
  }
}

class Verifier {
  private readonly heads = new HeadVerification();
  private readonly coverage: Coverage;

  constructor(
    private readonly manager: EntityManager,
    private readonly macs: MacSource,
    private readonly context: Context,
    private readonly fromSeq: number,
    private readonly untilSeq: number | undefined,
  ) {
    this.coverage = new Coverage(fromSeq);
  }

  async run(): Promise<Verification> {
    const { fromSeq } = this;
    const head = await this.head();
    const untilSeq = this.untilSeq ?? head.seq;
    const chain = await this.start();
    const fault = chain === undefined ? this.nothingBefore(head) : await this.faultOf(chain, head);
    return {
      valid: fault === undefined,
      checked: Math.max(0, Math.min(this.coverage.covered, untilSeq) - (fromSeq - 1)),
      fromSeq,
      untilSeq,
      firstBadSeq: fault?.seq ?? null,
      reason: fault?.reason ?? null,
      headHash: untilSeq >= head.seq && head.seq > 0 ? Buffer.from(head.hash).toString('base64url') : null,
    };
  }

  /** The first fault of the range's rows; if they have none, of what was derived from them. */
  private async faultOf(chain: ChainVerification, head: ChainHead): Promise<Fault | undefined> {
    const fault = this.inRange(await this.walk(chain, head));
    if (fault !== undefined) return fault;
    const seq = await this.heads.firstForgotten(this.manager, this.context.tenantId);
    return seq === undefined ? undefined : { seq, reason: 'record-forgotten' };
  }

  private async head(): Promise<ChainHead> {
    const head = await this.manager.findOneBy(TrailHead, { tenantId: this.context.tenantId });
    return head ?? { seq: 0, hash: Buffer.of() };
  }

  /** The chain at the start of the range, or undefined if the row before it does not exist. */
  private async start(): Promise<ChainVerification | undefined> {
    const { tenantId } = this.context;
    if (this.fromSeq === 1) return new ChainVerification(tenantId);
    const before = await findExactRow(this.manager, tenantId, this.fromSeq - 1);
    if (before === undefined) return undefined;
    const { hash: previousHash, sealedAt } = before;
    return new ChainVerification(tenantId, { seq: this.fromSeq, previousHash, sealedAt });
  }

  private nothingBefore(head: ChainHead): TrailFault {
    const before = this.fromSeq - 1;
    return before > head.seq ? { seq: head.seq + 1, reason: 'tail-missing' } : { seq: before, reason: 'missing' };
  }

  /** A fault after the range, before the next seal, is not a fault of the range's rows. It leaves them without a seal. */
  private inRange(fault: TrailFault | undefined): TrailFault | undefined {
    const { untilSeq } = this;
    if (fault === undefined || untilSeq === undefined || fault.seq <= untilSeq) return fault;
    return this.coverage.finish(untilSeq) ?? fault;
  }

  private async walk(chain: ChainVerification, head: ChainHead): Promise<TrailFault | undefined> {
    await openTrail(this.manager, this.context.tenantId, this.fromSeq);
    for (;;) {
      const rows = await fetchRows(this.manager, chunkRows);
      const fault = await this.take(chain, rows);
      if (fault !== undefined) return fault;
      if (rows.length < chunkRows || this.coverage.covered >= (this.untilSeq ?? Number.POSITIVE_INFINITY))
        return this.end(chain, head);
      if (monotonicNow() > this.context.deadline - reserveMs)
        throw new AnkaError(
          'deadline-exceeded',
          `Verified up to event ${this.coverage.covered}. Verify the rest from there, in smaller ranges.`,
        );
    }
  }

  /** Takes rows up to the first fault, or to the first seal after the range. */
  private async take(chain: ChainVerification, rows: readonly ChainRow[]): Promise<TrailFault | undefined> {
    const sound: ChainRow[] = [];
    for (const row of rows) {
      if (chain.feed(row) !== undefined) break;
      sound.push(row);
      if (this.untilSeq !== undefined && row.seq >= this.untilSeq && row.chainSeal !== null) break;
    }
    const holds = await checkMacs(this.macs, this.context, sound);
    for (const [index, row] of sound.entries()) {
      const fault = this.coverage.feed(row, holds[index] ?? { hmac: false, chainSeal: false });
      if (fault !== undefined) return fault;
      this.heads.feed(row);
    }
    return chain.fault;
  }

  /** Ends the verification when no more rows need to be read. */
  private end(chain: ChainVerification, head: ChainHead): TrailFault | undefined {
    const { untilSeq = head.seq } = this;
    if (untilSeq >= head.seq)
      return chain.finish(head) ?? this.coverage.finish(head.seq) ?? chain.finish({ seq: untilSeq, hash: head.hash });
    return chain.verified < untilSeq ? { seq: chain.verified + 1, reason: 'missing' } : this.coverage.finish(untilSeq);
  }
}
