import { AnkaError, type Context, type verifyTrail } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { reaches, type SealedEnd } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { MacSource } from '../mac/mac-source.js';
import { UnprovenEnd } from '../record/proven-heads.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { namedChanges } from '../record/sealed-change.js';
import { TrailReader } from '../trail/trail-reader.js';
import { BoundIndexCheck } from './bound-index-check.js';
import { HeadVerification, type VerifiedStretch } from './head-verification.js';
import { type Compared, TrailAnchorCheck } from './trail-anchor-check.js';
import { type Proof, TrailProof } from './trail-proof.js';

type Range = z.infer<typeof verifyTrail.request>;
type Verification = z.infer<typeof verifyTrail.reply>;

interface Fault {
  readonly seq: number | null;
  readonly reason: NonNullable<Verification['reason']>;
}

/** Proves a stretch of a tenant's trail, or names the first sequence number whose proof fails. */
@Injectable()
export class VerifyTrail {
  constructor(
    private readonly reader: TrailReader,
    private readonly macs: MacSource,
    private readonly anchor: TrailAnchorCheck,
    private readonly indexes: RecordIndexes,
    private readonly descent: TrailDescent,
  ) {}

  /**
   * Reads the rows in one snapshot and recomputes everything from their columns: canonical bytes, leaf hashes, chain, gaps,
   * MACs, chain seals and, where the range reaches the end, the trail's head. Where the range ends inside a batch, the
   * verification continues to that batch's seal, since only the seal vouches for the order and details of its rows. A range
   * beyond the head is `tail-missing`. A range that reaches the end must also reach the place that the anchor in the HSM holds,
   * and what this process has sealed since.
   *
   * A row that was sealed before an earlier one is named if nothing else is wrong: the rows after it are checked all the same.
   * A row with a fault of its own is named itself. Sound rows without a valid seal are `unsealed`, from the first after the
   * last valid seal on. `checked` counts the rows that seals vouch for.
   * The index that each seal binds is compared with its rows, and the last one is computed again if the range begins with the trail.
   * Records are compared twice with what the rows name: the heads that the database tells, and those from which questions are answered.
   * @throws AnkaError `deadline-exceeded` with the last seq that was checked; `service-unavailable` when no worker is there for the MACs, or too many verifications run
   */
  async verify(context: Context, { fromSeq = 1, untilSeq }: Range): Promise<Verification> {
    if (untilSeq !== undefined && untilSeq < fromSeq)
      throw new AnkaError('request-invalid', 'untilSeq: must be at least fromSeq');
    const { tenantId } = context;
    const known = this.descent.ends.of(tenantId);
    const anchor = await this.anchor.begin(tenantId);
    return this.reader.read('verification', tenantId, async (manager) => {
      const [heads, bound] = [new HeadVerification(), new BoundIndexCheck()];
      const proof = await new TrailProof(manager, this.macs, context, { fromSeq, untilSeq }, (row) => {
        const changes = namedChanges(row);
        heads.feed(row.seq, changes);
        bound.feed(row, changes.length);
        anchor.feed(row);
      }).run();
      const anchored = await anchor.compare(manager, context, { ...proof, fromSeq });
      const compared = (await this.withoutKnown(context, known, proof, anchored)) ?? anchored;
      const verified = { fromSeq, untilSeq: proof.untilSeq, end: proof.head.seq };
      const fault =
        proof.fault ??
        forgotten(bound.fault) ??
        (fromSeq === 1
          ? forgotten(
              await bound.lastFault(tenantId, await heads.changesAsKept(manager, tenantId), this.macs.under(context)),
            )
          : undefined) ??
        forgotten(await heads.firstFault(manager, tenantId, verified)) ??
        mismatch(proof, compared) ??
        // A trail that does not reach the anchor answers no question about records.
        (compared.standing === 'differs' ? undefined : forgotten(await this.knownFault(context, heads, verified))) ??
        proof.timeFault;
      return verificationOf(fromSeq, proof, fault, compared);
    });
  }

  /** Compares a sound trail that matches the anchor with what this process has sealed or proved since. */
  private async withoutKnown(
    context: Context,
    known: SealedEnd | undefined,
    { head, fault }: Proof,
    { standing, seq }: Compared,
  ): Promise<Compared | undefined> {
    if (known === undefined || fault !== undefined || standing === 'differs') return undefined;
    const end = { seq: head.seq, hash: Buffer.from(head.hash) };
    const descent = reaches(end, known) ? await this.descent.of(context, end) : 'broken';
    if (descent === 'pending') throw new AnkaError('deadline-exceeded', notWalked);
    if (descent !== 'broken') return undefined;
    const detail = `The trail does not have event ${known.seq} as the audit service has sealed it.`;
    return { standing: 'differs', seq, detail, faultSeq: Math.min(known.seq, head.seq + 1) };
  }

  /** A trail whose last seal is not genuine answers no question either. That is a fault of its end, which the stretch need not reach. */
  private async knownFault(
    context: Context,
    heads: HeadVerification,
    verified: VerifiedStretch,
  ): Promise<number | undefined> {
    try {
      return heads.firstKnownFault(await this.indexes.heads(context), verified);
    } catch (error) {
      if (error instanceof UnprovenEnd && verified.untilSeq < verified.end) return undefined;
      throw error;
    }
  }
}

const notWalked = 'The trail was not walked in time from the last event that the audit service knows. Repeat the call.';

const forgotten = (seq: number | undefined): Fault | undefined =>
  seq === undefined ? undefined : { seq, reason: 'record-forgotten' };

const reachesEnd = ({ untilSeq, head }: Proof): boolean => untilSeq >= head.seq;

const mismatch = (proof: Proof, { standing, faultSeq }: Compared): Fault | undefined =>
  standing === 'differs' && reachesEnd(proof) ? { seq: faultSeq, reason: 'anchor-mismatch' } : undefined;

const verificationOf = (
  fromSeq: number,
  proof: Proof,
  fault: Fault | undefined,
  { standing, seq, detail }: Compared,
): Verification => ({
  valid: fault === undefined,
  checked: proof.checked,
  fromSeq,
  untilSeq: proof.untilSeq,
  firstBadSeq: fault?.seq ?? null,
  reason: fault?.reason ?? null,
  headHash: reachesEnd(proof) && proof.head.seq > 0 ? Buffer.from(proof.head.hash).toString('base64url') : null,
  anchor: { standing, seq, detail },
});
